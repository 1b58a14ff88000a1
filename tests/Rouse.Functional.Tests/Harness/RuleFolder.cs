using System.Collections.Generic;
using System.IO;

namespace Rouse.Harness;

/// <summary>
/// An /etc of a daemon's own, with hosts.allow and hosts.deny as the test writes them. The daemon sees it through <see cref="Wrapper"/>, in a
/// mount namespace; the machine's own is not touched.
/// </summary>
internal sealed class RuleFolder
{
    private static readonly string[] Needed =
    [
        "passwd", "group", "services", "protocols", "rpc", "ld.so.cache", "ld.so.conf", "localtime",
    ];

    private readonly string _folder;

    public RuleFolder(Scratch scratch, string allow = "", string deny = "")
    {
        _folder = scratch.NewFolder("etc");
        foreach (string name in Needed)
        {
            if (File.Exists("/etc/" + name))
            {
                File.Copy("/etc/" + name, Path.Combine(_folder, name));
            }
        }

        File.WriteAllText(Path.Combine(_folder, "nsswitch.conf"), "hosts: files\n");
        Hosts = "127.0.0.1 localhost\n127.0.0.2 friend.example\n127.0.0.3 foe.example\n";
        Allow = allow;
        Deny = deny;
        Wrapper = ["unshare", "-m", "--propagation", "private", "sh", "-c", $"mount --bind {_folder} /etc && exec \"$@\"", "sh"];
    }

    public IReadOnlyList<string> Wrapper { get; }

    public string Hosts
    {
        set => Write("hosts", value);
    }

    /// <summary>Empty: no such file.</summary>
    public string Allow
    {
        set => Write("hosts.allow", value);
    }

    /// <summary>Empty: no such file.</summary>
    public string Deny
    {
        set => Write("hosts.deny", value);
    }

    /// <summary>Writes a file beside the two, and gives the path that the daemon sees.</summary>
    public string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        if (text.Length == 0)
        {
            File.Delete(path);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return "/etc/" + name;
    }
}
