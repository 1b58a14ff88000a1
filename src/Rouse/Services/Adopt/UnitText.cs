using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Runlevels;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Services.Adopt;

/// <summary>
/// The systemd.service(5) that runs an init script, with the settings that systemd itself gave to init scripts for as long as it ran them
/// (systemd-sysv-generator(8), up to version 259): the script's processes are its own affair, and stopping is the script's verb.
/// </summary>
internal static class UnitText
{
    // LSB, "Facility Names". Null: there before any service is started.
    private static readonly Dictionary<string, string?> Facilities = new(StringComparer.Ordinal)
    {
        ["$local_fs"] = null,
        ["$syslog"] = null,
        ["$null"] = null,
        ["$network"] = "network-online.target",
        ["$named"] = "nss-lookup.target",
        ["$portmap"] = "rpcbind.target",
        ["$remote_fs"] = "remote-fs.target",
        ["$time"] = "time-sync.target",
        ["$x-display-manager"] = "display-manager.service",
        ["$mail-transport-agent"] = "mail-transport-agent.target",
    };

    // systemd-sysv-generator's: what each level's target is called now.
    private static readonly string[] Targets =
        ["", "rescue.target", "multi-user.target", "multi-user.target", "multi-user.target", "graphical.target", ""];

    /// <summary>Letters, digits and a few marks: a name of which systemd makes no other.</summary>
    public static bool IsUnitName(string name) =>
        name.Length is > 0 and < 200 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');

    /// <param name="name">The unit's, without <c>.service</c>.</param>
    /// <param name="path">The script's.</param>
    /// <param name="left">Words of the header that could not be taken over.</param>
    public static string Of(string name, string path, ScriptHeader header, ScriptHints hints, out List<string> left)
    {
        left = [];
        List<string> after = [];
        List<string> wants = [];
        foreach (string word in (header.Lsb?.RequiredStart ?? []).Concat(header.Lsb?.ShouldStart ?? []).Distinct())
        {
            AddNeed(word, name, after, wants, left);
        }

        string[] wantedBy = [.. (header.Levels ?? Levels.None).Each().Select(level => Targets[level]).Where(target => target.Length > 0).Distinct()];
        string description = header.Lsb?.ShortDescription is { Length: > 0 } brief ? brief : header.Description;
        StringBuilder unit = new();
        unit.Append($"# Runs the init script {path}. Written by 'rouse services adopt'.\n\n[Unit]\n")
            .Append($"Description={Plain(description.Length > 0 ? description : name)}\nSourcePath={Specifiers(path)}\n");
        Append(unit, "After", after);
        Append(unit, "Wants", wants);
        unit.Append("\n[Service]\nType=forking\nRestart=no\nTimeoutSec=5min\nIgnoreSIGPIPE=no\nKillMode=process\nGuessMainPID=no\n")
            .Append($"RemainAfterExit={(hints.PidFile.IsGiven ? "no" : "yes")}\n");
        if (hints.PidFile.IsGiven)
        {
            // /var/run has been a link for long, and systemd says so each time that it reads the unit.
            string pidFile = hints.PidFile.Value.StartsWith("/var/run/", StringComparison.Ordinal) ? hints.PidFile.Value["/var".Length..] : hints.PidFile.Value;
            unit.Append($"PIDFile={Specifiers(pidFile)}\n");
        }

        if (header.Lsb is not null)
        {
            // Not installed, not configured: no failure of the service's.
            unit.Append("SuccessExitStatus=5 6\n");
        }

        unit.Append($"ExecStart={Word(path)} start\nExecStop={Word(path)} stop\n").Append(hints.Reloads ? $"ExecReload={Word(path)} reload\n" : "");
        if (wantedBy.Length > 0)
        {
            unit.Append($"\n[Install]\nWantedBy={string.Join(' ', wantedBy)}\n");
        }

        return unit.ToString();
    }

    private static void AddNeed(string word, string name, List<string> after, List<string> wants, List<string> left)
    {
        if (Facilities.TryGetValue(word, out string? unit))
        {
            if (unit is not null)
            {
                after.Add(unit);
            }

            // Nothing else would have it reached.
            if (unit == "network-online.target")
            {
                wants.Add(unit);
            }
        }
        else if (word.StartsWith('$') ? IsUnitName(word[1..]) : IsUnitName(word))
        {
            string other = word.StartsWith('$') ? word[1..] + ".target" : (word.EndsWith(".sh", StringComparison.Ordinal) ? word[..^3] : word) + ".service";
            if (other != name + ".service")
            {
                after.Add(other);
            }
        }
        else
        {
            left.Add(word);
        }
    }

    private static void Append(StringBuilder unit, string key, List<string> units)
    {
        if (units.Count > 0)
        {
            unit.Append($"{key}={string.Join(' ', units)}\n");
        }
    }

    // One line, in which a percent sign means itself and nothing at the end goes on with the next.
    private static string Plain(string text) =>
        Specifiers(string.Concat(text.Select(static c => c is < ' ' or '\x7f' ? ' ' : c)).Trim().TrimEnd('\\'));

    private static string Specifiers(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    // systemd.service(5), "COMMAND LINES".
    private static string Word(string path) => Specifiers(path).Replace("$", "$$", StringComparison.Ordinal);
}
