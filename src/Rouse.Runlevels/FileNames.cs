using System;

namespace Rouse.Runlevels;

/// <summary>Which files of init.d and xinetd.d are services, told by their names as the original does.</summary>
public static class FileNames
{
    private static readonly string[] LeftBehind = [".rpmsave", ".rpmnew", ".rpmorig", ".swp"];

    /// <summary>Hidden, an editor's or a package's leftover.</summary>
    public static bool IsPassedOver(string name) =>
        name.Length == 0 || name[0] == '.' || name[^1] is '~' or ','
        || Array.Exists(LeftBehind, ending => name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The super-server's includedir reads it: no dot in the name, no tilde at its end. xinetd.conf(5).</summary>
    public static bool IsReadBySuperServer(string name) => !IsPassedOver(name) && !name.Contains('.', StringComparison.Ordinal);

    /// <summary>A name that can only mean a file of the directory itself.</summary>
    public static bool IsPlain(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\0']) < 0;
}
