using System;
using System.Text;
using Rouse.Linux;

namespace Rouse.Tools.Service;

/// <summary>Where systemd has its units: systemd.unit(5), "Unit File Load Path".</summary>
internal static class SystemdUnits
{
    /// <summary>Where units are that somebody wrote.</summary>
    public static readonly string[] Written =
    [
        "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/etc/systemd/system",
        "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached", "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system", "/lib/systemd/system",
    ];

    // What a generator has made of a script is systemd's to start, too.
    private static readonly string[] Folders = [.. Written, "/run/systemd/generator.early", "/run/systemd/generator", "/run/systemd/generator.late"];

    private static readonly string[] Suffixes =
    [
        ".service", ".socket", ".device", ".mount", ".automount", ".swap", ".target", ".path", ".timer", ".slice", ".scope",
    ];

    public static bool Has(string service)
    {
        string unit = UnitOf(service);
        int at = unit.IndexOf('@', StringComparison.Ordinal);
        int dot = unit.LastIndexOf('.');
        string? template = at > 0 && dot > at + 1 ? unit[..(at + 1)] + unit[dot..] : null;
        foreach (string folder in Folders)
        {
            if (Files.IsThere($"{folder}/{unit}") || (template is not null && Files.IsThere($"{folder}/{template}")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A service's unit, as systemd-escape --mangle names it.</summary>
    public static string UnitOf(string service)
    {
        StringBuilder unit = new();
        foreach (char one in service)
        {
            if (char.IsAsciiLetterOrDigit(one) || one is ':' or '_' or '.' or '@' or '\\' or '-')
            {
                unit.Append(one);
            }
            else
            {
                unit.Append("\\x").Append(((int)one).ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        string name = unit.ToString();
        return Array.Exists(Suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal)) ? name : name + ".service";
    }
}
