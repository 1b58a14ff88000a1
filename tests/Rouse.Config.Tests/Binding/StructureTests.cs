using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Binding;

/// <summary>Files, directories and the frames of entries.</summary>
public sealed class StructureTests
{
    private readonly MemoryHost _host = new();

    [Fact]
    public void A_main_file_that_cannot_be_read_breaks_the_structure()
    {
        Configuration configuration = ConfigurationLoader.Load("/no/such", _host, LoadOptions.Default);
        Assert.True(configuration.StructureBroken);
        Assert.Equal(
            "cannot read '/no/such': No such file or directory; the services in it are left out. "
                + "Make the file readable, or take out what names it.",
            configuration.Single(Codes.FileUnreadable).Message);
    }

    [Fact]
    public void An_included_file_is_read_in_place()
    {
        _host.Files["/etc/more"] = SourceFile.Encode(Loaded.Service("", "b", 1002));
        Configuration configuration = Loaded.From(
            Loaded.Service("", "a", 1001) + "include /etc/more\n" + Loaded.Service("", "c", 1003), _host);
        Assert.Equal(["a", "b", "c"], Array.ConvertAll([.. configuration.Services], service => service.Id));
        Assert.Equal(["/etc/xinetd.conf", "/etc/more"], Array.ConvertAll([.. configuration.Files], file => file.Path));
        Assert.Empty(configuration.Diagnostics);
    }

    [Fact]
    public void A_missing_included_file_is_an_error_and_the_rest_is_read()
    {
        Configuration configuration = Loaded.From("include /etc/gone\n" + Loaded.Service(""), _host);
        Assert.Single(configuration.Services);
        Assert.True(configuration.StructureBroken);
        Assert.Equal("/etc/xinetd.conf:1:9", configuration.Single(Codes.FileUnreadable).Span.ToString());
    }

    [Fact]
    public void An_included_directory_is_read_in_the_order_of_bytes_without_backups_and_hidden_files()
    {
        foreach (string name in (string[])["b", "a", "B", "_x", "c.rpmsave", ".hidden", "d~", "e.d", "Z"])
        {
            string id = "s" + (int)name[0];
            _host.Files["/etc/xinetd.d/" + name] = SourceFile.Encode(Loaded.Service("", id, 1000 + name[0]));
        }

        Configuration configuration = Loaded.From("includedir /etc/xinetd.d\n", _host);
        Assert.Empty(configuration.Diagnostics);
        Assert.Equal(["s66", "s90", "s95", "s97", "s98"], Array.ConvertAll([.. configuration.Services], service => service.Id));
    }

    [Fact]
    public void What_is_no_regular_file_in_a_directory_is_skipped()
    {
        _host.Files["/etc/xinetd.d/a"] = SourceFile.Encode(Loaded.Service(""));
        _host.Kinds["/etc/xinetd.d/sub"] = PathKind.Directory;
        Configuration configuration = Loaded.From("includedir /etc/xinetd.d\n", _host);
        Assert.Single(configuration.Services);
        Assert.Equal(Severity.Warning, configuration.Single(Codes.NotRegularFile).Severity);
        Assert.False(configuration.StructureBroken);
    }

    [Fact]
    public void A_file_of_a_directory_that_cannot_be_read_is_an_error()
    {
        _host.Files["/etc/xinetd.d/a"] = SourceFile.Encode(Loaded.Service(""));
        _host.Unreadable["/etc/xinetd.d/b"] = "Permission denied";
        _host.Kinds["/etc/xinetd.d/b"] = PathKind.Regular;
        Configuration configuration = Loaded.From("includedir /etc/xinetd.d\n", _host);
        Assert.Single(configuration.Services);
        Assert.True(configuration.StructureBroken);
        Assert.Contains("Permission denied", configuration.Single(Codes.FileUnreadable).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_directory_is_an_error()
    {
        Configuration configuration = Loaded.From("includedir /etc/xinetd.d\n", _host);
        Assert.True(configuration.StructureBroken);
        configuration.Single(Codes.DirectoryUnreadable);
    }

    [Fact]
    public void Files_that_include_each_other_end_with_a_finding()
    {
        _host.Files["/etc/a"] = SourceFile.Encode("include /etc/b\n" + Loaded.Service("", "a", 1001));
        _host.Files["/etc/b"] = SourceFile.Encode("include /etc/a\ninclude /etc/xinetd.conf\n" + Loaded.Service("", "b", 1002));
        Configuration configuration = Loaded.From("include /etc/a\n", _host);
        Assert.Equal(2, configuration.All(Codes.IncludeCycle).Count);
        Assert.Equal(2, configuration.Services.Length);
        Assert.True(configuration.StructureBroken);
    }

    [Fact]
    public void Files_that_multiply_are_read_up_to_a_bound()
    {
        for (int i = 0; i < 40; i++)
        {
            _host.Files[$"/etc/{i}"] = SourceFile.Encode($"include /etc/{i + 1}\ninclude /etc/{i + 1}\n");
        }

        _host.Files["/etc/40"] = [];
        Configuration configuration = Loaded.From("include /etc/0\n", _host);
        configuration.Single(Codes.TooManyFiles);
        Assert.Equal(4096, configuration.Files.Length);
    }

    [Fact]
    public void Files_within_files_are_read_down_to_a_bound()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _host.Files[$"/etc/{i}"] = SourceFile.Encode($"include /etc/{i + 1}\n");
        }

        Loaded.From("include /etc/0\n", _host).Single(Codes.TooManyFiles);
    }

    [Theory]
    [InlineData("servce x\n{\n}\n", Codes.MissingKeyword)]
    [InlineData("service\n{\n}\n", Codes.MissingName)]
    [InlineData("include\n}\n", Codes.MissingName)]
    [InlineData("service x {\na = 1\n}\n", Codes.MissingOpenBrace)]
    [InlineData("service x\nfoo = 1\n}\n", Codes.MissingOpenBrace)]
    [InlineData("service x", Codes.MissingOpenBrace)]
    public void A_broken_frame_costs_its_entry_and_nothing_after_it(string text, string code)
    {
        Configuration configuration = Loaded.From(text + "\n" + Loaded.Service(""));
        Assert.Equal(Severity.Error, configuration.Single(code).Severity);
        Assert.True(configuration.StructureBroken);
        Assert.Equal(!text.EndsWith('x'), configuration.Services.Length == 1);
    }

    [Fact]
    public void An_entry_without_end_is_left_out()
    {
        Configuration configuration = Loaded.From(Loaded.Service("").Replace("}", "", StringComparison.Ordinal));
        configuration.LeavesOut(Codes.IncompleteEntry);
        Assert.True(configuration.StructureBroken);
    }

    [Theory]
    [InlineData("defaults {\nonly_from = 10.0.0.1\n}\n", Codes.MissingOpenBrace)]
    [InlineData("defaults\n{\nonly_from = 10.0.0.1\n", Codes.IncompleteEntry)]
    public void Defaults_with_a_broken_frame_refuse_the_whole_configuration(string text, string code)
    {
        Configuration configuration = Loaded.From(text);
        Assert.True(configuration.DefaultsBroken && configuration.StructureBroken);
        Assert.Contains("so the daemon does not start", configuration.Single(code).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closing_brace_too_many_at_the_end_is_only_a_warning()
    {
        Configuration configuration = Loaded.From(Loaded.Service("") + "}\n");
        configuration.Runs(Codes.MissingKeyword, Severity.Warning);
        Assert.False(configuration.StructureBroken);
    }

    [Fact]
    public void A_closing_brace_too_many_swallows_the_next_service_and_says_so()
    {
        Configuration configuration = Loaded.From("}\n" + Loaded.Service("", "lost") + Loaded.Service("", "found"));
        Assert.Equal("found", Assert.Single(configuration.Services).Id);
        Assert.Contains("lines 1 to 12 are passed over", configuration.Single(Codes.MissingKeyword).Message, StringComparison.Ordinal);
        Assert.True(configuration.StructureBroken);
    }

    [Fact]
    public void Words_after_a_name_are_ignored_with_a_warning() =>
        Loaded.From(Loaded.Service("").Replace("service test", "service test # mine", StringComparison.Ordinal))
            .Runs(Codes.ExtraWords, Severity.Warning);

    [Fact]
    public void A_file_may_have_one_defaults_entry_and_each_file_its_own()
    {
        _host.Files["/etc/more"] = SourceFile.Encode("defaults\n{\n per_source = 3\n only_from = 11.0.0.0\n}\n");
        Configuration configuration = Loaded.From(
            "defaults\n{\n instances = 1\n only_from = 10.0.0.0\n}\ninclude /etc/more\ndefaults\n{\n umask = 077\n}\n" + Loaded.Service(""),
            _host);
        Assert.Equal("/etc/xinetd.conf:7:1", configuration.Single(Codes.SecondDefaults).Span.ToString());
        var service = configuration.Only();
        Assert.Equal((1, 3, null), (service.Instances, service.PerSource, service.Umask));
        Assert.Equal(2, service.OnlyFrom.Length);
    }

    [Fact]
    public void Findings_are_in_the_order_of_the_files()
    {
        _host.Files["/etc/more"] = SourceFile.Encode(Loaded.Service("nice = x", "b"));
        Configuration configuration = Loaded.From(Loaded.Service("nice = x", "a") + "include /etc/more\n}\n", _host);
        Assert.Equal(
            ["/etc/xinetd.conf:10:8", "/etc/xinetd.conf:13:1", "/etc/more:10:8"],
            Array.ConvertAll([.. configuration.Diagnostics], diagnostic => diagnostic.Span.ToString()));
    }
}
