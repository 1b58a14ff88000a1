using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Attributes;

public sealed class AddressValueTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3/128")]
    [InlineData("10.0.0.0", "10.0.0.0/104")]
    [InlineData("10.1.0.0", "10.1.0.0/112")]
    [InlineData("10.0.1.0", "10.0.1.0/120")]
    [InlineData("0.0.0.0", "0.0.0.0/96")]
    [InlineData("10", "0.0.0.10/128")]
    [InlineData("10.1", "10.0.0.1/128")]
    [InlineData("0.0.0.0/0", "0.0.0.0/96")]
    [InlineData("10.1.2.3/8", "10.0.0.0/104")]
    [InlineData("10.1.2.3/32", "10.1.2.3/128")]
    [InlineData("::", "::/0")]
    [InlineData("::/0", "::/0")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("2001:db8:ffff::/33", "2001:db8:8000::/33")]
    [InlineData("::ffff:10.0.0.0", "10.0.0.0/128")]
    [InlineData("10.1.2.{3,40}", "10.1.2.3/128 10.1.2.40/128")]
    [InlineData("10.1.{2,3}", "10.1.2.0/120 10.1.3.0/120")]
    [InlineData("10.{1}", "10.1.0.0/112")]
    [InlineData("{10,11}", "10.0.0.0/104 11.0.0.0/104")]
    [InlineData("loopback", "127.0.0.0/104")]
    [InlineData("office", "10.1.0.0/112")]
    [InlineData("host.example", "HostName:host.example")]
    [InlineData(".Example.COM", "Domain:.Example.COM")]
    public void An_address_form_becomes_its_patterns(string word, string expected)
    {
        MemoryHost host = new() { Names = { ["host.example"] = [IpAddress.FromV4(1)] } };
        Assert.Equal(expected, Show(Loaded.WithLines($"only_from = {word}", host).Only().OnlyFrom));
        Assert.Equal(expected, Show(Loaded.WithLines($"no_access = {word}", host).Only().NoAccess));
    }

    [Theory]
    [InlineData("nosuch.example")]
    [InlineData(".10")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8x")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("::1/129")]
    [InlineData("fe80::1%lo")]
    [InlineData("nosuch/8")]
    [InlineData("10.1.{}")]
    [InlineData("10.1.{1,}")]
    [InlineData("10.1.{,1}")]
    [InlineData("10.1.{1,300}")]
    [InlineData("10.1.{1")]
    [InlineData("10.1.{1}2")]
    [InlineData("10.1.{a}")]
    [InlineData("10.1{2,3}")]
    [InlineData("10..{2}")]
    [InlineData("256.{2}")]
    [InlineData("1.2.3.4.{5}")]
    [InlineData("nothing")]
    [InlineData("256.0.0.1")]
    [InlineData("1:2")]
    public void An_address_that_is_not_understood_leaves_the_service_out(string word)
    {
        Loaded.WithLines($"only_from = 10.0.0.1 {word}").LeavesOut(Codes.AddressNotUnderstood);
        Loaded.WithLines($"no_access += {word}").LeavesOut(Codes.AddressNotUnderstood);
    }

    [Fact]
    public void Every_word_that_is_not_understood_is_reported() =>
        Assert.Equal(3, Loaded.WithLines("no_access = 1.2 a.invalid 10.0.0.1 b.invalid 10/99").All(Codes.AddressNotUnderstood).Count);

    [Theory]
    [InlineData("10", "0.0.0.10")]
    [InlineData("10/8", "0.0.0.10/8")]
    [InlineData("10.1", "10.0.0.1")]
    public void A_short_address_is_read_as_the_C_library_reads_it_and_told(string word, string meaning) =>
        Assert.Contains(
            $"'{word}' stands for {meaning}. ",
            Loaded.WithLines($"only_from = {word}").Runs(Codes.AddressShortForm, Severity.Warning),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("only_from = 10.0.0.0 11.0.0.0\nonly_from -= 10.0.0.0/8", "11.0.0.0/104")]
    [InlineData("only_from = 10.0.0.0 10.0.0.1\nonly_from -= 10.0.0.0", "10.0.0.1/128")]
    [InlineData("only_from = .a.example .b.example\nonly_from -= .a.example", "Domain:.b.example")]
    [InlineData("only_from = 10.0.0.0\nonly_from += 11.0.0.0", "10.0.0.0/104 11.0.0.0/104")]
    [InlineData("only_from = 10.0.0.0\nonly_from = 11.0.0.0", "11.0.0.0/104")]
    [InlineData("only_from -= 10.0.0.0", "")]
    [InlineData("only_from = 10.1.{1,2,3}\nonly_from -= 10.1.{1,3}", "10.1.2.0/120")]
    public void Lines_of_one_entry_work_on_one_another(string lines, string expected)
    {
        ImmutableArray<AddressPattern> rules = Loaded.WithLines(lines).Only().OnlyFrom;
        Assert.False(rules.IsDefault);
        Assert.Equal(expected, Show(rules));
    }

    [Fact]
    public void A_pattern_points_at_its_word()
    {
        AddressPattern pattern = Assert.Single(Loaded.From("defaults\n{\n only_from = 10.0.0.0\n}\n" + Loaded.Service("")).Only().OnlyFrom);
        Assert.Equal("/etc/xinetd.conf:3:14", pattern.Span.ToString());
    }

    [Fact]
    public void A_hundred_thousand_networks_in_defaults_load_quickly_and_are_there_once()
    {
        StringBuilder text = new("defaults\n{\nonly_from =");
        for (int i = 0; i < 100_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" {1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}.0/24");
        }

        text.Append("\n}\n");
        for (int i = 0; i < 50; i++)
        {
            text.Append(Loaded.Service("", $"s{i}", 2000 + i));
        }

        string configurationText = text.ToString();
        Configuration configuration = Quickly.Run(TimeSpan.FromSeconds(20), () => Loaded.From(configurationText));
        Assert.Equal(50, configuration.Services.Length);
        Assert.Equal(100_000, configuration.Services[0].OnlyFrom.Length);
        Assert.True(configuration.Services[0].OnlyFrom == configuration.Services[49].OnlyFrom, "the list was copied");
    }

    [Fact]
    public void A_hundred_thousand_lines_of_one_network_each_load_quickly()
    {
        StringBuilder lines = new();
        for (int i = 0; i < 100_000; i++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"no_access += 10.{i >> 16}.{(i >> 8) & 255}.{i & 255}\n");
        }

        ServiceDefinition service = Quickly.Run(TimeSpan.FromSeconds(20), () => Loaded.WithLines(lines.ToString()).Only());
        Assert.Equal(100_000, service.NoAccess.Length);
    }

    private static string Show(ImmutableArray<AddressPattern> patterns)
    {
        List<string> shown = [];
        foreach (AddressPattern pattern in patterns)
        {
            shown.Add(pattern.Kind == AddressPatternKind.Network
                ? string.Create(CultureInfo.InvariantCulture, $"{pattern.Address}/{pattern.PrefixLength}")
                : $"{pattern.Kind}:{pattern.Name}");
        }

        return string.Join(' ', shown);
    }
}
