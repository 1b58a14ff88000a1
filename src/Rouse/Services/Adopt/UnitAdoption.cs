using System.Collections.Generic;
using System.Linq;
using System.Text;
using Rouse.Linux;
using Rouse.Runlevels;
using Rouse.Runlevels.Changes;
using Rouse.Runlevels.Scripts;

namespace Rouse.Tools.Services.Adopt;

/// <summary>By a unit of systemd's, which since version 260 runs no init script of its own accord.</summary>
internal static class UnitAdoption
{
    private const string Units = "/etc/systemd/system";
    private const uint Mode = 0x1a4;

    private static readonly string[] OtherUnits = ["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    public static Adoption Of(IFileTree tree, Catalogue catalogue, InitScript script, ScriptHints hints)
    {
        string path = catalogue.Layout.Script(script.Name);
        string name = script.Name.EndsWith(".sh", System.StringComparison.Ordinal) ? script.Name[..^3] : script.Name;
        if (!UnitText.IsUnitName(name))
        {
            return Adoption.Refused($"{path}: systemd has no unit of such a name; rename the script");
        }

        if (!tree.Look(Units, out FileStatus status).Ok || status.Kind != FileKind.Directory)
        {
            return Adoption.Refused($"{Units}: there is no such directory; systemd does not rule here");
        }

        foreach (string directory in OtherUnits)
        {
            // A link counts, and one that leads nowhere too: that is how systemd masks a unit.
            string unit = $"{directory}/{name}.service";
            if (tree.Look(unit, out _).Ok || tree.ReadLink(unit, out _).Ok)
            {
                return Adoption.Refused($"{unit} is there already and is left as it is; the service needs no other");
            }
        }

        string text = UnitText.Of(name, path, script.Header, hints, out List<string> left);
        List<string> about = [.. text.Split('\n').Where(static line => line.StartsWith("After=", System.StringComparison.Ordinal) || line.StartsWith("WantedBy=", System.StringComparison.Ordinal))];
        about.AddRange(left.Select(word => $"'{word}' of its header is no unit's name and was left out"));
        bool isWanted = text.Contains("\nWantedBy=", System.StringComparison.Ordinal);
        if (!isWanted)
        {
            about.Add("its header names no level to start it in: nothing starts it but 'systemctl start'");
        }

        return new Adoption
        {
            About = about,
            Steps = [new MakeFile($"{Units}/{name}.service", Encoding.Latin1.GetBytes(text), Mode)],
            Next =
            [
                "systemctl daemon-reload",
                isWanted ? $"systemctl enable --now {name}.service" : $"systemctl start {name}.service",
            ],
        };
    }
}
