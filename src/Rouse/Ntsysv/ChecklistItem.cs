namespace Rouse.Tools.Ntsysv;

/// <summary>A service in the list. Texts for the screen have been through <see cref="ScreenText"/>; the name has not.</summary>
/// <param name="Name">Of the init script, or of the file of xinetd.d; one char a byte.</param>
/// <param name="Label">The name as it is shown.</param>
/// <param name="IsXinetd">A file of xinetd.d; otherwise an init script.</param>
/// <param name="OnIn">The levels that it is on in (<c>345</c>, or a dash); empty for xinetd's, which know no levels.</param>
/// <param name="IsOn">On in one of the levels in question.</param>
/// <param name="MayChange">False for a file that cannot be read, or that the super-server never reads.</param>
internal sealed record ChecklistItem(string Name, string Label, bool IsXinetd, string OnIn, bool IsOn, bool MayChange)
{
    public string Path { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>What is wrong with it, or worth knowing; a line each.</summary>
    public string[] Notes { get; init; } = [];

    public string Kind => IsXinetd ? "xinetd" : "sysv";
}
