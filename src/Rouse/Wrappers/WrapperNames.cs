using System;
using Rouse.Access.Wrappers;

namespace Rouse.Tools.Wrappers;

/// <summary>Names given on the command line of a tool: <c>unknown</c> and <c>paranoid</c> stand for what they say.</summary>
internal static class WrapperNames
{
    public const string Unknown = "unknown";

    private const string Paranoid = "paranoid";

    /// <summary>The original's room for a name.</summary>
    private const int Longest = 127;

    public static bool IsSpecial(string name) => Is(name, Unknown) || Is(name, Paranoid);

    public static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>As the original keeps it: cut where it is long.</summary>
    public static string Cut(string name) => name.Length > Longest ? name[..Longest] : name;

    public static WrapperName Of(string name) =>
        name == Unknown ? WrapperName.Unknown : name == Paranoid ? WrapperName.Paranoid : WrapperName.Known(name);
}
