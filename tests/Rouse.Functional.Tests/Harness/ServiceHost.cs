using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>
/// A host's /etc and /run of a test's own, with init scripts and files of xinetd.d: daemons and commands that are started through
/// <see cref="Wrapper"/> see them, each in a mount namespace; the machine's own are not touched.
/// </summary>
internal sealed class ServiceHost
{
    public const string ControlPath = "/run/rouse/control.sock";

    private const UnixFileMode Executable = (UnixFileMode)0x1ed; // 0755

    private readonly RuleFolder _etc;
    private readonly string _folder;
    private readonly string _run;
    private readonly List<string> _mounts = [];

    public ServiceHost(Scratch scratch)
    {
        AsRoot.Needed();
        _etc = new RuleFolder(scratch);
        _folder = scratch["etc"];
        _run = scratch.NewFolder("run");
        Directory.CreateDirectory(Path.Combine(_run, "rouse"));
    }

    public IReadOnlyList<string> Wrapper =>
        [.. _etc.Wrapper, "sh", "-c", string.Concat(_mounts.Select(mount => $"{mount} && ")) + $"mount --bind {_run} /run && exec \"$@\"", "sh"];

    /// <summary>One more mount that is made for each program, before /run is replaced.</summary>
    public void Mount(string command) => _mounts.Add(command);

    /// <summary>Writes a file below /etc or /run; the path that programs see.</summary>
    public string Write(string path, string text, UnixFileMode mode = (UnixFileMode)0x1a4)
    {
        string here = path.StartsWith("/run/") ? Path.Combine(_run, path["/run/".Length..]) : Path.Combine(_folder, path["/etc/".Length..]);
        Directory.CreateDirectory(Path.GetDirectoryName(here)!);
        File.WriteAllText(here, text);
        File.SetUnixFileMode(here, mode);
        return path;
    }

    public string Script(string name, string text, string folder = "/etc/init.d") => Write($"{folder}/{name}", text, Executable);

    /// <summary>Runs service(8) with these words.</summary>
    public CommandResult Service(params string[] words) => Run([Path.Combine(Repository.Bin, "service"), .. words]);

    /// <summary>Runs a command line there.</summary>
    public CommandResult Run(params string[] line) => Command.Run(Wrapper[0], [.. Wrapper.Skip(1), .. line]);

    /// <summary>The same among processes of its own: no super-server of the machine, or of another test, is there.</summary>
    public CommandResult RunApart(params string[] line) => Command.Run("unshare", ["-p", "-m", "--fork", "--mount-proc", .. Wrapper, .. line]);
}
