using System;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Binding;

/// <summary>A service that is read as if nothing switched it off.</summary>
public sealed class SwitchedOnTests
{
    [Theory]
    [InlineData("", "disable = yes", "b", "a b")]
    [InlineData("", "disable = yes\nid = c", "c", "a c")]
    [InlineData("", "disable = yes\nid = c", "b", "a c")]
    [InlineData("", "id = c\ndisable = yes", "c", "a c")]
    [InlineData("", "disable = yes", "c", "a")]
    [InlineData("", "disable = yes", "B", "a")]
    [InlineData("disabled = b", "", "b", "a b")]
    [InlineData("disabled = a b", "", "b", "b")]
    [InlineData("enabled = a", "id = c", "c", "a c")]
    [InlineData("enabled = a", "disable = yes", "b", "a b")]
    [InlineData("", "disable = yes", "", "a")]
    public void Its_own_line_and_the_lists_are_passed_over_and_no_other_service_is_switched(
        string defaults, string lines, string switchedOn, string expected)
    {
        Configuration configuration = From(
            $"defaults\n{{\n{defaults}\n}}\n" + Loaded.Service("", "a", 1001) + Loaded.Service(lines, "b", 1002)
            + Loaded.Service("disable = yes", "d", 1003),
            switchedOn);
        Assert.Equal(expected, string.Join(' ', Array.ConvertAll([.. configuration.Services], service => service.Id)));
        Assert.Equal(3, configuration.Services.Length + configuration.Disabled.Length);
    }

    [Fact]
    public void What_stands_after_the_line_that_disables_it_counts()
    {
        string text = Loaded.Service("disable = yes\ninstances = 3", "b");
        Assert.Equal(3, From(text, "b").Only().Instances);
        Configuration broken = From(Loaded.Service("disable = yes\ninstances = many", "b"), "b");
        Assert.Equal("b", Assert.Single(broken.Broken).Id);
        Assert.Empty(From(Loaded.Service("disable = yes\ninstances = many", "b"), "").Broken);
    }

    [Fact]
    public void Where_two_want_one_address_the_first_one_in_the_files_has_it()
    {
        Configuration configuration = From(Loaded.Service("", "a") + Loaded.Service("disable = yes", "b"), "b");
        Assert.Equal("a", Assert.Single(configuration.Services).Id);
        Assert.Equal("b", Assert.Single(configuration.Broken).Id);
    }

    private static Configuration From(string text, string switchedOn)
    {
        MemoryHost host = new();
        host.Files[Loaded.Path] = SourceFile.Encode(text);
        return ConfigurationLoader.Load(Loaded.Path, host, new LoadOptions { SwitchedOn = switchedOn });
    }
}
