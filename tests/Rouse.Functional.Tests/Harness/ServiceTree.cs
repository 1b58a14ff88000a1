using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Rouse.Harness;

/// <summary>
/// The part of a host that chkconfig reads and changes, below a folder of the test's own: init scripts, the links of the levels, files of
/// xinetd.d.
/// </summary>
internal sealed class ServiceTree
{
    public const UnixFileMode Executable = (UnixFileMode)0x1ed; // 0755

    public ServiceTree(Scratch scratch, string name = "root")
    {
        Root = scratch.NewFolder(name);
        foreach (string folder in (string[])["init.d", "xinetd.d", .. Enumerable.Range(0, 7).Select(level => $"rc{level}.d")])
        {
            Directory.CreateDirectory(At(folder));
        }
    }

    public string Root { get; }

    /// <summary>A path below its /etc.</summary>
    public string At(string path) => Path.Combine(Root, "etc", path);

    public void Script(string name, string text)
    {
        File.WriteAllText(At("init.d/" + name), text, Encoding.Latin1);
        File.SetUnixFileMode(At("init.d/" + name), Executable);
    }

    public void Xinetd(string name, string text) => File.WriteAllText(At("xinetd.d/" + name), text, Encoding.Latin1);

    public CommandResult Chkconfig(params string[] arguments) =>
        Command.Run(Path.Combine(Repository.Bin, "chkconfig"), ["--root", Root, .. arguments]);

    /// <summary>chkconfig with these words, which must succeed; what it prints.</summary>
    public string Succeed(params string[] arguments) =>
        Command.Succeed(null, Path.Combine(Repository.Bin, "chkconfig"), ["--root", Root, .. arguments]);

    /// <summary>The links of a level, such as S50name, in the order in which they are followed.</summary>
    public IReadOnlyList<string> Links(int level) =>
        [.. Directory.GetFileSystemEntries(At($"rc{level}.d")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Every file and link below /etc with its target or content: equal for equal trees.</summary>
    public string Snapshot()
    {
        var text = new StringBuilder();
        foreach (string path in Directory.GetFileSystemEntries(At(""), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string content = new FileInfo(path).LinkTarget ?? (File.Exists(path) ? File.ReadAllText(path, Encoding.Latin1) : "");
            text.Append(path.AsSpan(Root.Length)).Append(' ').Append(content).Append('\n');
        }

        return text.ToString();
    }
}
