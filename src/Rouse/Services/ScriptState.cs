using System;
using System.Globalization;
using System.Text;
using Rouse.Linux;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Services;

/// <summary>
/// Whether what an init script starts is running, by the files that scripts leave: the LSB's pid file in /var/run, or the one that the
/// header names, and Red Hat's lock file in /var/lock/subsys. The script itself is not asked: it would have to be run.
/// </summary>
internal static class ScriptState
{
    private const int LargestFile = 64;

    /// <returns>The state, and the process where one was found.</returns>
    public static (string State, int? Pid) Of(IFileTree tree, string name, ScriptHints hints)
    {
        string[] pidFiles = hints.PidFile.IsGiven ? [hints.PidFile.Value, $"/var/run/{name}.pid"] : [$"/var/run/{name}.pid"];
        bool isThere = false;
        foreach (string path in pidFiles)
        {
            if (!tree.Read(path, LargestFile, out byte[] bytes).Ok)
            {
                continue;
            }

            isThere = true;
            string word = Encoding.Latin1.GetString(bytes).Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries) is [{ } first, ..] ? first : "";
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
                && Files.KindOf($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}") == FileKind.Directory)
            {
                return ("running", pid);
            }
        }

        bool isLocked = tree.Look($"/var/lock/subsys/{name}", out FileStatus status).Ok && status.Kind == FileKind.Regular;
        return (isThere ? "dead, with its pid file" : isLocked ? "locked, no pid file" : "stopped", null);
    }
}
