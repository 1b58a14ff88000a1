using System;
using System.IO;
using System.Threading;

namespace Rouse.Harness;

/// <summary>A private folder of one test, removed with it. Every user may pass and read: servers run as others.</summary>
internal sealed class Scratch : IDisposable
{
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public Scratch()
    {
        Folder = Directory.CreateTempSubdirectory("rouse-test-").FullName;
        File.SetUnixFileMode(Folder, ForAll);
    }

    public string Folder { get; }

    /// <summary>A copy of the probe that every user may execute.</summary>
    public string ProbePath => CopyOfProbe("probe");

    public string this[string name] => Path.Combine(Folder, name);

    public string CopyOfProbe(string name) => CopyOfProgram(Probe.Compiled, name);

    /// <summary>
    /// A copy of a program that every user may execute. Another process makes it: had this one the file open for writing, so would a
    /// child that another test forks in that moment, and whoever executes the copy at once would find it busy (ETXTBSY).
    /// </summary>
    public string CopyOfProgram(string program, string name)
    {
        string path = this[name];
        if (!File.Exists(path))
        {
            Command.Succeed(null, "cp", program, path);
            File.SetUnixFileMode(path, ForAll);
        }

        return path;
    }

    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // By a rename, so that a daemon which reloads at this moment reads the old or the new, never a half.
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    public string NewFolder(string name, bool writableByAll = false)
    {
        string path = Directory.CreateDirectory(this[name]).FullName;
        File.SetUnixFileMode(path, writableByAll ? ForAll | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite : ForAll);
        return path;
    }

    public void Dispose()
    {
        // A server that is just ending may still write here.
        for (int attempt = 0; Directory.Exists(Folder) && attempt < 20; attempt++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
            }
            catch (IOException)
            {
                Thread.Sleep(50);
            }
        }
    }
}
