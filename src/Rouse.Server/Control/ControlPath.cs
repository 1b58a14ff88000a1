namespace Rouse.Server.Control;

/// <summary>Where the daemon's control socket is, unless <c>-control</c> says otherwise.</summary>
public static class ControlPath
{
    public const string OfRoot = "/run/rouse/control.sock";

    /// <summary>The word that is no path: no control socket.</summary>
    public const string None = "none";

    /// <param name="runtimeDirectory">XDG_RUNTIME_DIR, or null.</param>
    /// <returns>Null where there is no place for one: somebody who is not root and has no directory of their own.</returns>
    public static string? Default(bool isRoot, string? runtimeDirectory)
    {
        if (isRoot)
        {
            return OfRoot;
        }

        return runtimeDirectory is not null && runtimeDirectory.StartsWith('/') ? $"{runtimeDirectory}/rouse/control.sock" : null;
    }
}
