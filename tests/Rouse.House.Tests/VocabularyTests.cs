using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Rouse.Config.Attributes;
using Rouse.Config.Model;
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
    public void Every_attribute_has_a_meaning_and_an_example() =>
        Expect.NoFaults(VocabularyRule.ItemFaults(File("man/xinetd.conf.5"), "ATTRIBUTES", "Ic"));

    [Theory]
    [InlineData(".It Ic a\nText.\n.It Ic b\nText.\n.Dl b = 1\n", "a has no example")]
    [InlineData(".It Ic a\nText.\n.Dl b = 1\n", "a has no example")]
    [InlineData(".It Ic a\n.Cm yes\n.Dl a = 1\n", "a has no meaning")]
    public void An_attribute_without_a_meaning_or_an_example_is_found(string items, string words) => Expect.OneFault(
        words, VocabularyRule.ItemFaults(new HouseFile("man/a.5", ".Sh ATTRIBUTES\n" + items + ".Sh FILES\n.It Ic more\n"), "ATTRIBUTES", "Ic"));

    /// <summary>Words of a list that has one of its own in the page: <c>.It Cm WORD</c>.</summary>
    [Fact]
    public void Every_flag_type_and_kind_of_socket_is_in_the_manual_page()
    {
        HashSet<string> explained =
        [
            .. File("man/xinetd.conf.5").Lines.Where(line => line.StartsWith(".It Cm ", StringComparison.Ordinal))
                .SelectMany(line => line[7..].Split(' ')).Select(word => word.ToUpperInvariant()),
        ];
        string[] known = [.. Enum.GetNames<ServiceFlags>(), .. Enum.GetNames<ServiceTypes>(), .. Enum.GetNames<SocketType>()];
        Assert.Empty(known.Select(name => name.ToUpperInvariant()).Except(explained).Except(["NONE"]));
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

    /// <summary>What --help of inetd lists against the items of its page.</summary>
    [Fact]
    public void Every_option_of_inetd_is_in_its_manual_page_and_the_reverse()
    {
        string[] listed = [.. File("src/Roused/Inetd/InetdUsage.cs").Lines.Where(line => UsageLine().IsMatch(line))
            .SelectMany(line => UsageOption().Matches(UsageLine().Match(line).Value).Select(match => match.Groups[1].Value))];
        string[] explained = [.. File("man/inetd.8").Lines.Where(line => line.StartsWith(".It Fl ", StringComparison.Ordinal))
            .SelectMany(line => ItemOption().Matches(line).Select(match => match.Groups[1].Value))];
        Assert.Contains("R", listed);
        Assert.Equal(listed.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    /// <summary>The keys of NetBSD's second notation, as the message about an unknown one lists them.</summary>
    [Fact]
    public void Every_key_of_inetd_conf_is_in_its_manual_page_and_the_reverse()
    {
        string listed = KeyList().Match(File("src/Rouse.Config/Inetd/InetdKeyValues.Keys.cs").Text).Groups[1].Value;
        string[] keys = listed.Replace(" and ", ", ").Split(", ");
        Assert.Contains("bind", keys);
        string[] lines = [.. File("man/inetd.conf.5").Lines];
        string[] section = [.. lines.SkipWhile(line => line != ".Sh \"KEYS AND VALUES\"").Skip(1).TakeWhile(line => !line.StartsWith(".Sh ", StringComparison.Ordinal))];
        string[] explained = [.. section.Where(line => line.StartsWith(".It Cm ", StringComparison.Ordinal)).SelectMany(line => line[7..].Split(" , "))];
        Assert.Equal(keys.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
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

    // The options stand before the two blanks that begin their meaning, or alone on their line.
    [GeneratedRegex("^ {10,14}-.*?(?=  |$)")]
    private static partial Regex UsageLine();

    [GeneratedRegex("(?<![A-Za-z=-])-(-[a-z]+|[A-Za-z])")]
    private static partial Regex UsageOption();

    [GeneratedRegex("(?<=Fl |, )(-[a-z]+|[A-Za-z])(?= |$)")]
    private static partial Regex ItemOption();

    [GeneratedRegex("\"The keys are ([^.]+)\\.\"")]
    private static partial Regex KeyList();

    [GeneratedRegex("\"-([^\"]+)\"")]
    private static partial Regex OptionName();
}
