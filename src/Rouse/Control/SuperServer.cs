using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Rouse.Tools.Control;

/// <summary>Has the running super-server read its files again, so that a change holds when the command returns.</summary>
internal static class SuperServer
{
    private static readonly string[] PidFiles = ["/run/xinetd.pid", "/var/run/xinetd.pid"];

    /// <param name="files">The paths of the files that were changed: what is found wrong in them is told.</param>
    /// <param name="control">Null: the usual socket, or else the original by its signal.</param>
    /// <returns>0, or 1 where it runs and does not take the change.</returns>
    public static int Tell(IReadOnlyList<string> files, string? control)
    {
        ControlClient? daemon = ControlClient.Connect(ControlClient.Path(control), isPatient: true, out string fault);
        if (daemon is null)
        {
            return control is null ? TellOriginal() : Failed(fault);
        }

        List<JsonElement> lines = daemon.Ask(new ControlRequest("reload", ""), out fault);
        StringBuilder text = new();
        foreach (JsonElement line in lines)
        {
            Append(text, line, files);
        }

        if (fault.Length == 0 && text.Length == 0)
        {
            text.Append("the running super-server has read its files again; nothing that listens has changed\n");
        }

        StandardStreams.Write(StandardStreams.Error, text.ToString());
        return fault.Length == 0 ? 0 : Failed($"{string.Join(", ", files)}: changed, but the running super-server did not take it: {fault}");
    }

    private static void Append(StringBuilder text, JsonElement line, IReadOnlyList<string> files)
    {
        string type = ControlClient.Text(line, "type");
        bool isOfFiles = files.Any(file => ControlClient.Text(line, "text").StartsWith(file + ":", StringComparison.Ordinal));
        if (type == "exposure" || (type == "finding" && isOfFiles))
        {
            ReloadVerb.Append(text, line);
        }
    }

    private static int TellOriginal()
    {
        foreach (string pidFile in PidFiles)
        {
            if (Files.Read(pidFile, out byte[] bytes).Ok
                && int.TryParse(SourceFile.Decode(bytes).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                && Files.Read($"/proc/{pid}/comm", out byte[] comm).Ok && SourceFile.Decode(comm).TrimEnd() == "xinetd")
            {
                SysResult told = Children.Kill(pid, Signal.HUP);
                return told.Ok
                    ? Done($"xinetd (process {pid}) was told to read its files again\n")
                    : Failed($"xinetd (process {pid}) could not be told to read its files again: {told.Error.Describe()}");
            }
        }

        return Done("no super-server runs here: the change holds when one is started\n");
    }

    private static int Done(string text)
    {
        StandardStreams.Write(StandardStreams.Error, text);
        return 0;
    }

    private static int Failed(string text)
    {
        StandardStreams.Write(StandardStreams.Error, text + "\n");
        return 1;
    }
}
