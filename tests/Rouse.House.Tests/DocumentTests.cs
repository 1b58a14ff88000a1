using System.Linq;
using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

/// <summary>What the documents and manual pages promise is there.</summary>
public sealed class DocumentTests
{
    private const string Head =
        ".Dd November 24, 2026\n.Dt A 1\n.Os\n.Sh NAME\n.Nm a\n.Nd does\n.Sh SYNOPSIS\n.Nm a\n.Sh DESCRIPTION\nText.\n";

    [Fact]
    public void Every_link_leads_somewhere() => Expect.NoFaults(LinkRule.Faults(Repository.Files));

    [Fact]
    public void The_architecture_page_leads_through_the_code()
    {
        HouseFile page = Repository.Files.Single(file => file.Path == "ARCHITECTURE.md");
        Assert.InRange(LinkRule.Targets(page).Count(target => target.EndsWith(".cs", System.StringComparison.Ordinal)), 15, int.MaxValue);
    }

    [Theory]
    [InlineData("[a](b.md)", "b.md")]
    [InlineData("[a](../docs/b.md)", "b.md")]
    [InlineData("[a](a.md#nothing)", "#nothing")]
    [InlineData("[a](#nothing)", "#nothing")]
    public void A_link_to_nowhere_is_found(string text, string words) =>
        Expect.OneFault(words, LinkRule.Faults([new HouseFile("docs/a.md", "# Some-thing, here\n" + text)]));

    [Theory]
    [InlineData("[a](a.md)")]
    [InlineData("[a](#some-thing-here)")]
    [InlineData("[a](../docs/a.md#some-thing-here)")]
    [InlineData("[a](../docs)")]
    [InlineData("[a](../docs/)")]
    [InlineData("[a](https://example.org/a)")]
    public void A_good_link_is_left_alone(string text) =>
        Expect.NoFaults(LinkRule.Faults([new HouseFile("docs/a.md", "# Some-thing, here\n" + text)]));

    [Fact]
    public void Every_manual_page_is_well_formed()
    {
        string[] pages = [.. Repository.Files.Where(file => file.IsUnder("man")).Select(file => file.Name)];
        Assert.Equal(
            [
                "chkconfig.8", "hosts_access.5", "hosts_options.5", "inetd.8", "inetd.conf.5", "itox.8", "ntsysv.8", "rouse.1", "roused.8",
                "service.8", "tcpd.8", "tcpdchk.8", "tcpdmatch.8", "xinetd.conf.5",
            ],
            pages);
        Expect.NoFaults(ManualRule.Faults(Repository.Files));
    }

    [Theory]
    [InlineData(".Sh FILES\n.Sh ENVIRONMENT\n", "comes before")]
    [InlineData(".Sh FILES\n.Sh OPTIONS\n", "follows DESCRIPTION")]
    [InlineData(".Sh NAME\n", "second section")]
    [InlineData(".Bl -tag\n.It a\n", "never closed")]
    [InlineData(".Bl -tag\n.Sh FILES\n.El\n", "still open")]
    [InlineData(".Bl -tag\n.Ed\n", "without its .Bd")]
    [InlineData(".El\n", "without its .Bl")]
    [InlineData(".It a\n", "outside of a list")]
    [InlineData(".Bl\n.El\n", "without its kind")]
    [InlineData("Text.\n\nText.\n", "empty line")]
    [InlineData("Text. \n", "blank at the end")]
    [InlineData("caf\u00e9\n", "no ASCII")]
    [InlineData(".Zz a\n", "no macro")]
    [InlineData(".Xr a\n", "page and its section")]
    public void A_fault_in_a_manual_page_is_found(string text, string words) =>
        Expect.OneFault(words, ManualRule.Faults([new HouseFile("man/a.1", Head + text)]));

    [Theory]
    [InlineData(".Dd November 24, 2026", ".Dd 2026-11-24")]
    [InlineData(".Dt A 1", ".Dt A 8")]
    [InlineData(".Os", ".Nm")]
    [InlineData(".Nd does", "does")]
    [InlineData(".Sh SYNOPSIS", ".Pp")]
    [InlineData(".Sh DESCRIPTION", ".Pp")]
    public void A_fault_in_a_manual_pages_head_is_found(string right, string wrong) =>
        Assert.NotEmpty(ManualRule.Faults([new HouseFile("man/a.1", Head.Replace(right, wrong, System.StringComparison.Ordinal))]));

    [Fact]
    public void A_good_manual_page_is_left_alone() => Expect.NoFaults(ManualRule.Faults([new HouseFile(
        "man/a.1", Head + ".Sh OPTIONS\n.Bl -tag -width x\n.It Fl a\nText.\n.Bd -literal\na\n\nb\n.Ed\n.El\n.Sh FILES\nText.\n")]));

    [Fact]
    public void Every_hole_that_is_named_has_a_test_that_names_it() => Expect.NoFaults(CveRule.Faults(Repository.Files));

    [Theory]
    [InlineData("class T { void Good() }")]
    [InlineData("// CVE-2000-0001\nclass T\n{\n    public void Good()\n")]
    [InlineData("    // CVE-2000-0002\n    [Fact]\n    public void Good()\n")]
    [InlineData("    // CVE-2000-0001\n    private int _field;\n\n    [Fact]\n    public void Good()\n")]
    public void A_hole_without_a_test_is_found(string test) => Expect.OneFault(
        "CVE-2000-0001", CveRule.Faults([new HouseFile(CveRule.Page, "See CVE-2000-0001."), new HouseFile("tests/X/T.cs", test)]));

    [Theory]
    [InlineData("    // CVE-2000-0001: why.\n    [Fact]\n    public void Good()\n")]
    [InlineData("    /// <summary>CVE-2000-0001</summary>\n    [Theory]\n    [InlineData(\n        \"a\")]\n    public void Good(string a)\n")]
    public void A_hole_with_a_test_is_left_alone(string test) => Expect.NoFaults(
        CveRule.Faults([new HouseFile(CveRule.Page, "See CVE-2000-0001."), new HouseFile("tests/X/T.cs", test)]));

    [Fact]
    public void Every_word_of_the_language_each_option_and_signal_is_compared_with_the_original() =>
        Expect.NoFaults(ParityRule.Faults(Repository.Files));

    [Theory]
    [InlineData("umask = 022; flags = KEEPALIVE += -= Signal.Hangup \"-limit\"", null)]
    [InlineData("xumask = 022; flags = KEEPALIVE += -= Signal.Hangup \"-limit\"", "attribute umask")]
    [InlineData("umask = 022; flags = KEEPALIVED += -= Signal.Hangup \"-limit\"", "word KEEPALIVE")]
    [InlineData("umask = 022; flags = KEEPALIVE += Signal.Hangup \"-limit\"", "operator -=")]
    [InlineData("umask = 022; flags = KEEPALIVE += -= Signal.User1 \"-limit\"", "signal HUP")]
    [InlineData("umask = 022; flags = KEEPALIVE += -= Signal.Hangup \"-limits\"", "option -limit")]
    public void What_no_case_compares_is_found(string cases, string? words)
    {
        HouseFile[] files =
        [
            new(ParityRule.Cases + "/A.cs", cases.Replace("+=", " += ").Replace("-=", " -= ")),
            new(ParityRule.Attributes, "new(\"umask\", Id.Umask"),
            new(ParityRule.Words, "word.Is(\"KEEPALIVE\"u8) => ServiceFlags.KeepAlive"),
            new(ParityRule.Options, "case \"-limit\": case \"-help\":"),
            new(ParityRule.SignalNumbers, "public const int HUP = 1;"),
        ];
        if (words is null)
        {
            Expect.NoFaults(ParityRule.Faults(files));
        }
        else
        {
            Expect.OneFault(words, ParityRule.Faults(files));
        }
    }

    [Fact]
    public void Every_difference_from_xinetd_is_listed_with_its_test() => Expect.NoFaults(DifferenceRule.Faults(Repository.Files));

    [Theory]
    [InlineData("### D-001 A\nTest: `T.Good`\n### D-001 B\nTest: `T.Good`\n", "D-001 is the number of 2")]
    [InlineData("### D-001 A\nWhat: x\n", "no line")]
    [InlineData("### D-001 A\nTest: `T.Good`,\n`T.Bad`\n", "T.Bad")]
    [InlineData("### D-001 A\nTest: `U.Good`\n", "U.Good")]
    [InlineData("### D-001 A\nTest: `T.Good`\n\nSee D-002.\n", "D-002 is not in")]
    public void A_fault_in_the_list_of_differences_is_found(string page, string words) => Expect.OneFault(
        words, DifferenceRule.Faults([new HouseFile(DifferenceRule.Page, page), new HouseFile("tests/X/T.cs", "class T { void Good() }")]));
}
