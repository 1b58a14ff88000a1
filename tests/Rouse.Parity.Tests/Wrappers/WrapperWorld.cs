using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Wrappers;

/// <summary>
/// A mount namespace with an /etc of its own, in which hosts have the names that the cases need, and lists and banners in /mnt. A program
/// runs over all cases of a batch in one shell, each in the folder of its rule files.
/// </summary>
internal sealed class WrapperWorld : IDisposable
{
    private const string Hosts =
        """
        127.0.0.1 localhost
        ::1 localhost ip6-localhost
        192.168.1.7 host.example alias.example
        192.168.1.1 server.example
        10.1.2.3 two.example
        10.1.2.4 two.example
        10.1.1.1 UPPER.example
        10.9.9.9 local
        172.16.5.4 a.b.c.example
        2001:db8::1 six.example
        10.4.4.4 mixed.example
        2001:db8::4 mixed.example
        10.20.0.1 many.example
        10.20.0.2 many.example
        192.168.1.30 many.example
        10.0.0.1 canon.example x.example
        10.7.7.7 x.example liar.example
        10.3.3.3 1.2.3.4 numeric.example
        ::ffff:10.2.2.2 mapped.example
        fe80::9 link.example
        10.6.6.6 first.example
        10.6.6.6 other.example

        """;

    private readonly Scratch _scratch = new();

    public WrapperWorld()
    {
        _scratch.Write("etc/hosts", Hosts);
        _scratch.Write("etc/nsswitch.conf", "hosts: files\nnetgroup: files\npasswd: files\ngroup: files\nservices: files\n");
        _scratch.Write("etc/host.conf", "multi on\n");
        _scratch.Write("etc/netgroup", "grp (host.example,,) (x.example,,)\nhosts (two.example,,) (UPPER.example,,)\n");
        _scratch.Write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n");
        _scratch.Write("etc/group", "root:x:0:\nnogroup:x:65534:\n");
        _scratch.Write("mnt/list", "192.168.1.7\n.c.example\thost.example\n10.2. 10.20.0.0/16\n");
        _scratch.Write("mnt/empty", "");
        _scratch.Write("mnt/names", "two.example\n*.c.example UNKNOWN");
        _scratch.Write("mnt/nested", "/mnt/list [::1] @grp\n");
        _scratch.Write("mnt/loop", "/mnt/loop\n");
        _scratch.Write("mnt/banners/sshd", "Hello %c\nfrom %s, %d%%\n");
        _scratch.Write("mnt/brackets/in.telnetd", "one [\ntwo ] three\nfour %q");
        _scratch.Write("mnt/brackets/sshd", "");
    }

    /// <summary>What each case left on standard output, with its exit status; and what was written to standard error.</summary>
    public (IReadOnlyList<string> Results, IReadOnlyList<string> Errors) Run(string program, IReadOnlyList<WrapperCase> cases, TimeSpan bound)
    {
        string folder = _scratch.NewFolder("cases");
        StringBuilder script = new("cd \"$(dirname \"$0\")\" || exit 9\n");
        for (int i = 0; i < cases.Count; i++)
        {
            Directory.CreateDirectory(Path.Combine(folder, $"{i}"));
            File.WriteAllText(Path.Combine(folder, $"{i}", "hosts.allow"), cases[i].Allow, Encoding.Latin1);
            File.WriteAllText(Path.Combine(folder, $"{i}", "hosts.deny"), cases[i].Deny, Encoding.Latin1);
            script.Append($"cd {i}; echo '== case'; echo '== case' >&2; \"$1\" -d -- {Quote(cases[i].Daemon)} {Quote(cases[i].Client)}; echo \"status $?\"; cd ..\n");
        }

        string path = _scratch.Write("cases/run", script.ToString());
        string[] command = ["unshare", "-m", "--propagation", "private", "sh", "-c", Enter, _scratch.Folder, path, program];
        CommandResult result = Command.Run(Originals.Environment(), bound, command[0], command[1..]);
        Assert.True(result.ExitCode == 0, result.Error[..Math.Min(result.Error.Length, 2000)]);
        return (Split(result.Text, cases.Count), Split(result.Error, cases.Count));
    }

    /// <summary>Runs a program once in the namespace, in a folder with these rule files.</summary>
    public CommandResult RunOnce(string allow, string deny, string program, params string[] arguments)
    {
        if (Directory.Exists(_scratch["once"]))
        {
            Directory.Delete(_scratch["once"], recursive: true);
        }

        string folder = _scratch.NewFolder("once");
        File.WriteAllText(Path.Combine(folder, "hosts.allow"), allow, Encoding.Latin1);
        File.WriteAllText(Path.Combine(folder, "hosts.deny"), deny, Encoding.Latin1);
        string[] command = ["-m", "--propagation", "private", "sh", "-c", EnterOnce, _scratch.Folder, folder, program, .. arguments];
        return Command.Run(Originals.Environment(), Command.Bound, "unshare", command);
    }

    /// <summary>Where /dev/log leads to.</summary>
    public string LogPath => _scratch["log"];

    public string Write(string name, string text) => _scratch.Write(name, text);

    public void Dispose() => _scratch.Dispose();

    // The original sends what it finds to /dev/log: not to that of the machine, but to a test's socket, if there is one.
    private const string Mounts =
        "mount --bind \"$0/etc\" /etc && mount --bind \"$0/mnt\" /mnt && mount -t tmpfs -o mode=755 tmpfs /dev "
        + "&& mknod -m 666 /dev/null c 1 3 && ln -s \"$0/log\" /dev/log";

    private const string Enter = Mounts + " && exec sh \"$1\" \"$2\"";
    private const string EnterOnce = Mounts + " && cd \"$1\" && shift && exec \"$@\"";

    private static string[] Split(string text, int count)
    {
        string[] parts = [.. text.Split("== case\n").Skip(1)];
        Assert.Equal(count, parts.Length);
        return parts;
    }

    private static string Quote(string word) => $"'{word}'";
}
