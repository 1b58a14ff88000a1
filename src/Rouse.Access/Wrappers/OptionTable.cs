using System;

namespace Rouse.Access.Wrappers;

/// <summary>Whether an option has a value.</summary>
internal enum OptionValue
{
    None,
    Optional,
    Needed,
}

/// <summary>What the language knows of an option.</summary>
internal readonly record struct OptionRow(
    WrapperOptionKind Kind, string Name, OptionValue Value, bool IsLast = false, bool IsExpanded = false, string Example = "");

/// <summary>The options by name, and how their values are read. Names are the same in any case.</summary>
internal static class OptionTable
{
    private static readonly OptionRow[] Rows =
    [
        new(WrapperOptionKind.User, "user", OptionValue.Needed, Example: "nobody"),
        new(WrapperOptionKind.Group, "group", OptionValue.Needed, Example: "nogroup"),
        new(WrapperOptionKind.Umask, "umask", OptionValue.Needed, Example: "022"),
        new(WrapperOptionKind.Linger, "linger", OptionValue.Needed, Example: "5"),
        new(WrapperOptionKind.KeepAlive, "keepalive", OptionValue.None),
        new(WrapperOptionKind.AclExec, "aclexec", OptionValue.Needed, IsExpanded: true, Example: "/path/command %a"),
        new(WrapperOptionKind.Spawn, "spawn", OptionValue.Needed, IsExpanded: true, Example: "/path/command %a &"),
        new(WrapperOptionKind.Twist, "twist", OptionValue.Needed, IsLast: true, IsExpanded: true, Example: "/path/command"),
        new(WrapperOptionKind.Rfc931, "rfc931", OptionValue.Optional, Example: "5"),
        new(WrapperOptionKind.SetEnv, "setenv", OptionValue.Needed, IsExpanded: true, Example: "NAME value"),
        new(WrapperOptionKind.Nice, "nice", OptionValue.Optional, Example: "10"),
        new(WrapperOptionKind.Severity, "severity", OptionValue.Needed, Example: "auth.info"),
        new(WrapperOptionKind.Allow, "allow", OptionValue.None, IsLast: true),
        new(WrapperOptionKind.Deny, "deny", OptionValue.None, IsLast: true),
        new(WrapperOptionKind.Banners, "banners", OptionValue.Needed, Example: "/path/directory"),
    ];

    // syslog(3): the number of a level is its place, that of a facility eight times its own.
    private static readonly string[] Levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    private static readonly string[] Facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "", "lpr", "news", "uucp", "cron", "", "", "", "", "", "",
        "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ];

    public static bool TryFind(ReadOnlySpan<char> name, out OptionRow found)
    {
        foreach (OptionRow row in Rows)
        {
            if (AsciiText.Same(row.Name, name))
            {
                found = row;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>False where the value is none for this option.</summary>
    public static bool TryReadValue(in OptionRow row, ReadOnlySpan<char> value, ref WrapperOption option)
    {
        int number = 0;
        switch (row.Kind)
        {
            case WrapperOptionKind.Umask:
                bool isMask = QuadText.TryReadUnsigned(value, 8, out uint mask) && mask <= 0x1ff;
                option = option with { Number = (int)mask };
                return isMask;
            case WrapperOptionKind.Linger:
                bool isTime = QuadText.TryReadInt(value, out number) && number >= 0;
                option = option with { Number = number };
                return isTime;
            case WrapperOptionKind.Nice:
                bool isStep = value.IsEmpty || QuadText.TryReadInt(value, out number);
                option = option with { Number = value.IsEmpty ? 10 : number };
                return isStep;
            case WrapperOptionKind.Rfc931:
                bool isWait = value.IsEmpty || (QuadText.TryReadInt(value, out number) && number > 0);
                option = option with { Number = number };
                return isWait;
            case WrapperOptionKind.Severity:
                bool isSeverity = TryReadSeverity(value, out number);
                option = option with { Number = number };
                return isSeverity;
            case WrapperOptionKind.User:
                int dot = RuleSyntax.Find(value, '.');
                option = option with
                {
                    User = (dot < 0 ? value : value[..dot]).ToString(),
                    Group = dot < 0 ? null : value[(dot + 1)..].ToString(),
                };
                return true;
            case WrapperOptionKind.Group:
                option = option with { Group = value.ToString() };
                return true;
            case WrapperOptionKind.SetEnv:
                // setenv(3) takes no name with an equals sign.
                int length = value.IndexOfAny(" \t\r\n");
                return !(length < 0 ? value : value[..length]).Contains('=');
            default:
                return true;
        }
    }

    private static bool TryReadSeverity(ReadOnlySpan<char> value, out int severity)
    {
        int dot = RuleSyntax.Find(value, '.');
        int facility = dot < 0 ? 0 : Place(Facilities, value[..dot]);
        int level = Place(Levels, value[(dot + 1)..]);
        severity = (facility << 3) | level;
        return facility >= 0 && level >= 0;
    }

    private static int Place(string[] names, ReadOnlySpan<char> name)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].Length > 0 && AsciiText.Same(names[i], name))
            {
                return i;
            }
        }

        return -1;
    }
}
