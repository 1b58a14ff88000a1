using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Config.Attributes;
using Rouse.House.Tests.Rules;

namespace Rouse.House.Tests;

public sealed partial class VocabularyTests
{
    private static readonly HouseFile Page = new(
        "man/a.5", ".Sh DESCRIPTION\n.It Ic other\n.Sh ATTRIBUTES\n.It Ic id\n.It Ic port Ar n\n.Sh FILES\n.It Ic more\n");

    [Fact]
    public void Every_attribute_that_the_parser_knows_is_in_the_manual_page_and_the_reverse()
    {
        Assert.NotEmpty(AttributeTable.Rows);
        Expect.NoFaults(VocabularyRule.Faults(File("man/xinetd.conf.5"), "ATTRIBUTES", "Ic", AttributeTable.Rows.Select(row => row.Name)));
    }

    [Fact]
    public void Every_option_of_the_daemon_is_in_its_manual_page_and_the_reverse()
    {
        // The executable's own types are out of a test's reach; its option table is one switch over literals.
        string[] options = [.. OptionCase().Matches(File("src/Roused/XinetdOptions.cs").Text)
            .SelectMany(match => OptionName().Matches(match.Value).Select(name => name.Groups[1].Value))];
        Assert.Contains("f", options);
        string[] shortcuts = ["h", "demo"];
        Expect.NoFaults(VocabularyRule.Faults(File("man/roused.8"), "OPTIONS", "Fl", options.Except(shortcuts)));
    }

    [Fact]
    public void A_page_that_explains_exactly_what_is_known_is_left_alone() =>
        Expect.NoFaults(VocabularyRule.Faults(Page, "ATTRIBUTES", "Ic", ["id", "port"]));

    [Theory]
    [InlineData("id port wait", "does not explain wait")]
    [InlineData("id", "explains port")]
    public void A_gap_between_a_page_and_a_parser_is_found(string known, string words) =>
        Expect.OneFault(words, VocabularyRule.Faults(Page, "ATTRIBUTES", "Ic", known.Split(' ')));

    private static HouseFile File(string path) => Repository.Files.Single(file => file.Path == path);

    [GeneratedRegex("case \"-.*:$", RegexOptions.Multiline)]
    private static partial Regex OptionCase();

    [GeneratedRegex("\"-([^\"]+)\"")]
    private static partial Regex OptionName();
}
