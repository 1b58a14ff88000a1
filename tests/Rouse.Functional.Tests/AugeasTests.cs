using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// Augeas' own lens for xinetd, which Puppet and others edit these files with: what it could read before chkconfig's edits it can read after
/// each of them, and it reads there what chkconfig lists.
/// </summary>
public sealed partial class AugeasTests : IDisposable
{
    private const string Lenses = "usr/share/augeas/lenses/dist";

    // The lens reads these, and the super-server does not: chkconfig has to leave them alone.
    private const string BraceOnTheSameLine = "service a {\n\tdisable = yes\n}\n";
    private const string NoBlank = "service a\n{\n\tdisable=yes\n}\n";
    private const string OnlyDefaults = "defaults\n{\n\tinstances = 60\n}\n";

    private readonly Scratch _scratch = new();
    private readonly ServiceTree _tree;
    private readonly string _augtool = Originals.Program("augeas-tools", "usr/bin/augtool");

    public AugeasTests()
    {
        Subjects.OnlyOurs("chkconfig is a tool of ours");
        _tree = new ServiceTree(_scratch);

        // The second table is there where the super-server is on.
        _tree.Script("xinetd", "#!/bin/sh\n# chkconfig: 345 56 50\n");
        _tree.Succeed("--add", "xinetd");
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Files_of_many_styles()
    {
        int number = 0;
        foreach (string text in Styles())
        {
            _tree.Xinetd($"style{number++:000}", text);
        }

        _tree.Xinetd("brace", BraceOnTheSameLine);
        _tree.Xinetd("tight", NoBlank);
        _tree.Xinetd("defaults", OnlyDefaults);
        AssertReadableThroughout(refused: ["brace", "tight", "defaults"], atLeast: number);
    }

    [Fact]
    public void Real_configurations()
    {
        int number = 0;
        List<string> withoutServices = [];
        foreach (string path in Corpus.Files(Corpus.Xinetd))
        {
            string name = $"real{number++:00}";
            string text = File.ReadAllText(path, Encoding.Latin1);
            _tree.Xinetd(name, text);
            if (!ServiceLine().IsMatch(text))
            {
                withoutServices.Add(name);
            }
        }

        AssertReadableThroughout(withoutServices, atLeast: 15);
    }

    // On, off and on again, all files at each step.
    private void AssertReadableThroughout(IReadOnlyCollection<string> refused, int atLeast)
    {
        Dictionary<string, bool> before = Read();
        Assert.True(before.Count >= atLeast, $"the lens reads only {before.Count} of the files");
        Assert.Equal(before, Listed(before));
        foreach (bool on in (bool[])[true, false, true])
        {
            foreach (string name in before.Keys)
            {
                string text = File.ReadAllText(_tree.At("xinetd.d/" + name), Encoding.Latin1);
                CommandResult result = _tree.Chkconfig(name, on ? "on" : "off");
                Assert.True(result.ExitCode == (refused.Contains(name) ? 1 : 0), $"{name} {on}: {result.Error}\n{text}");
                if (refused.Contains(name))
                {
                    Assert.Equal(text, File.ReadAllText(_tree.At("xinetd.d/" + name), Encoding.Latin1));
                }
            }

            Dictionary<string, bool> after = Read();
            Assert.Equal(before.Keys.Order(), after.Keys.Order());
            Assert.Equal(after, Listed(after));
            Assert.All(after.Where(file => !refused.Contains(file.Key)), file => Assert.True(file.Value == on, file.Key));
        }
    }

    /// <summary>The files that the lens can read, and whether some service of a file is on by what it reads there.</summary>
    private Dictionary<string, bool> Read()
    {
        string lenses = Originals.Program("augeas-lenses", Lenses);
        CommandResult result = Command.RunWithInput(
            "transform Xinetd incl /etc/xinetd.d/*\nload\nmatch /augeas/files/etc/xinetd.d/*/error\nmatch /augeas/files/etc/xinetd.d/*/path\n"
                + "match /files/etc/xinetd.d/*/service\nmatch /files/etc/xinetd.d/*/service/disable\n",
            Subjects.Loader, "--library-path", Originals.LibraryPath, _augtool, "--noautoload", "-r", _tree.Root, "-I", lenses);
        Assert.True(result.ExitCode == 0, result.Error);
        string[] Nodes(Regex kind) => [.. result.Text.Split('\n').Where(line => kind.IsMatch(line))];
        string[] broken = [.. Nodes(ErrorNode()).Select(line => ErrorNode().Match(line).Groups[1].Value)];
        Dictionary<string, Dictionary<string, bool>> services = Nodes(PathNode()).Select(line => PathNode().Match(line).Groups[1].Value)
            .Except(broken).ToDictionary(name => name, _ => new Dictionary<string, bool>());
        foreach (Match node in Nodes(ServiceNode()).Select(line => ServiceNode().Match(line)))
        {
            services[node.Groups[1].Value].Add(node.Groups[2].Value, true);
        }

        foreach (Match node in Nodes(DisableNode()).Select(line => DisableNode().Match(line)))
        {
            services[node.Groups[1].Value][node.Groups[2].Value] &= !node.Groups[3].Value.Equals("yes", StringComparison.OrdinalIgnoreCase);
        }

        return services.ToDictionary(file => file.Key, file => file.Value.ContainsValue(true));
    }

    /// <summary>What chkconfig lists of these files.</summary>
    private Dictionary<string, bool> Listed(Dictionary<string, bool> files)
    {
        string[] rows = _tree.Succeed("--list", "--type", "xinetd").Split('\n')[2..^1];
        return rows.Select(row => row.Split(':')).Where(row => files.ContainsKey(row[0].Trim()))
            .ToDictionary(row => row[0].Trim(), row => row[1].Trim() == "on");
    }

    private static IEnumerable<string> Styles()
    {
        string[] indents = ["", "\t", "  ", "        "];
        string[] gaps = [" = ", "\t\t= ", "   =   "];
        string[] values = ["", "yes", "no", "Yes"];
        foreach (string indent in indents)
        {
            foreach (string gap in gaps)
            {
                foreach (string value in values)
                {
                    string disable = value.Length == 0 ? "" : $"{indent}disable{gap}{value}\n";
                    yield return $"service a\n{{\n{disable}{indent}socket_type{gap}stream\n{indent}only_from += 10.0.0.0/8 ::1\n}}\n";
                    yield return $"# default: off\n# description: A \\\n#\tservice.\n\nservice a\n{{\n# first\n\n{indent}id{gap}a-1\n{indent}server_args{gap}-d  /x\n"
                        + $"{disable}\n}}\n\nservice  b\n{{\n{indent}id{gap}b-1\n{indent}# {disable.TrimEnd()}\n}}\n";
                }
            }
        }

        yield return "service a\n{\n}\n";
        yield return "service a\n{\n\tdisable = yes  \n}";
        yield return "service a\n{\n\tdisable = yes\n\tdisable = yes\n}\n";
        yield return "service a\n{\n\tdisable = yes\n}\nservice b\n{\n\tdisable = no\n}\n#\n";
        yield return "service a\n{\n\tenv = A=1 B=2\n\tenv += C=3\n\tno_access =\n\tlog_on_success -= PID\n}\n";
    }

    [GeneratedRegex(@"^\s*service\s", RegexOptions.Multiline)]
    private static partial Regex ServiceLine();

    [GeneratedRegex("^/augeas/files/etc/xinetd\\.d/([^/]+)/error = ")]
    private static partial Regex ErrorNode();

    [GeneratedRegex("^/augeas/files/etc/xinetd\\.d/([^/]+)/path = ")]
    private static partial Regex PathNode();

    [GeneratedRegex("^/files/etc/xinetd\\.d/([^/]+)/(service(?:\\[[0-9]+\\])?) = ")]
    private static partial Regex ServiceNode();

    [GeneratedRegex("^/files/etc/xinetd\\.d/([^/]+)/(service(?:\\[[0-9]+\\])?)/disable(?:\\[[0-9]+\\])? = (.*)$")]
    private static partial Regex DisableNode();
}
