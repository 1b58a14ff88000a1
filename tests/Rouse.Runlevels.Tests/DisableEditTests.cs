using System;
using System.IO;
using System.Text;
using Rouse.Config.Syntax;
using Rouse.Runlevels.Xinetd;

namespace Rouse.Runlevels.Tests;

/// <summary>One word changes, nothing else.</summary>
public sealed class DisableEditTests : IDisposable
{
    private readonly HostTree _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("service a\n{\n\tdisable\t\t= yes\n}\n", "service a\n{\n\tdisable\t\t= no\n}\n")]
    [InlineData("service a\n{\n disable = YES\n}", "service a\n{\n disable = no\n}")]
    [InlineData("service a\n{\n Disable = yes\n}", "service a\n{\n Disable = no\n}")]
    [InlineData("# c\n\n\nservice a\n{\n\n  disable   =  no   \n}\n\n", "# c\n\n\nservice a\n{\n\n  disable   =  no   \n}\n\n")]
    [InlineData("service a\n{\n\tsocket_type\t\t= stream\n}\n", "service a\n{\n\tdisable\t\t\t= no\n\tsocket_type\t\t= stream\n}\n")]
    [InlineData("service a\n{\n    port       = 1\n}\n", "service a\n{\n    disable    = no\n    port       = 1\n}\n")]
    [InlineData("service a\n{\n}\n", "service a\n{\n\tdisable\t\t= no\n}\n")]
    [InlineData(
        "service a\n{\n\tdisable = yes\n}\nservice b\n{\n\tdisable = yes\n}\n",
        "service a\n{\n\tdisable = no\n}\nservice b\n{\n\tdisable = no\n}\n")]
    public void On(string before, string after) => Assert.Equal(after, Apply(before, on: true));

    [Fact]
    public void Off_and_only_one_of_several()
    {
        const string Both = "service a\n{\n\tid = a-1\n\tdisable = no\n}\nservice b\n{\n\tdisable = no\n}\n";
        Assert.Equal(Both.Replace("b\n{\n\tdisable = no", "b\n{\n\tdisable = yes", StringComparison.Ordinal), Apply(Both, on: false, "b"));
        Assert.Equal(Both.Replace("a-1\n\tdisable = no", "a-1\n\tdisable = yes", StringComparison.Ordinal), Apply(Both, on: false, "a-1"));
        Assert.Contains("no service 'c' in this file; it has a-1, b", Fault(Both, "c"));
    }

    [Theory]
    [InlineData("service a\n{\n\tdisable=yes\n}\n", ":3:2: this line is not understood")]
    [InlineData("service a\n{\n\tdisable += yes\n}\n", ":3:2: this line is not understood")]
    [InlineData("service a\n{\n\tport = 1\n", ":1:1: this entry is not complete")]
    [InlineData("defaults\n{\n}\n", ":1:1: no service in this file")]
    public void What_is_not_understood_is_left_alone(string text, string words) => Assert.Contains(words, Fault(text, null));

    [Fact]
    public void Whether_a_file_is_on()
    {
        Assert.True(File("service a\n{\n}\n").IsOn);
        Assert.False(File("service a\n{\n\tdisable = yes\n}\n").IsOn);
        XinetdFile mixed = File("service a\n{\n\tdisable = yes\n}\nservice b\n{\n}\n");
        Assert.True(mixed is { IsOn: true, IsMixed: true });
        Assert.False(File("service a\n{\n}\n", "a.conf").IsOn);

        // The super-server leaves these out.
        Assert.False(File("service a {\n\tdisable = no\n}\n").IsOn);
        Assert.False(File("service a\n{\n\tdisable = no\n").IsOn);
        Assert.False(File("service a\n{\n\tdisable=no\n}\n").IsOn);
        Assert.False(File("service a\n{\n\tDISABLE=no\n}\n").IsOn);
    }

    [Fact]
    public void What_the_comments_say()
    {
        XinetdHeader header = File("# default: off\n# description: one \\\n#  two\nservice a\n{\n}\n").Header;
        Assert.Equal((false, "one two"), (header.IsOnByDefault, header.Description));
    }

    [Fact]
    public void Real_files_change_by_one_word_and_come_back()
    {
        string corpus = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "shared", "corpus", "xinetd"));
        if (!Directory.Exists(corpus))
        {
            Assert.Skip($"no corpus of real configurations at {corpus}");
        }

        int changed = 0;
        foreach (string path in Directory.GetFiles(corpus))
        {
            string text = Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(path));
            if (DisableEdit.Apply(File(text), on: true, null, out _) is not { } bytes)
            {
                continue;
            }

            string on = Encoding.Latin1.GetString(bytes);
            string off = Apply(on, on: false);
            Assert.Equal(on, Apply(off, on: true));
            Assert.True(File(on).IsOn);
            Assert.False(File(off).IsOn);
            foreach (Entry entry in File(on).Tree!.Entries)
            {
                Assert.NotEqual(EntryFault.Incomplete, entry.Fault);
            }

            changed++;
        }

        Assert.True(changed > 10, $"only {changed} files could be changed");
    }

    private string Apply(string text, bool on, string? id = null)
    {
        byte[]? bytes = DisableEdit.Apply(File(text), on, id, out string fault);
        Assert.Equal("", fault);
        return Encoding.Latin1.GetString(bytes!);
    }

    private string Fault(string text, string? id)
    {
        Assert.Null(DisableEdit.Apply(File(text), on: false, id, out string fault));
        return fault;
    }

    private XinetdFile File(string text, string name = "f")
    {
        System.IO.File.WriteAllBytes(_host.At($"etc/xinetd.d/{name}"), Encoding.Latin1.GetBytes(text));
        return new Catalogue(_host.Open).XinetdFile(name)!;
    }
}
