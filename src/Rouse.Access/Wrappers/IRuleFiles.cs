using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>What reading a file gave.</summary>
/// <param name="File">Null unless the file was read.</param>
/// <param name="IsMomentary">It cannot be read now, and may be in the next moment: no descriptor is left.</param>
/// <param name="Reason">Why it could not be read, in the C library's words; null where there is no such file.</param>
public readonly record struct RuleFileContent(SourceFile? File, string? Reason, bool IsMomentary = false)
{
    public static RuleFileContent Found(SourceFile file) => new(file, null);

    public static RuleFileContent Absent => new(null, null);

    /// <summary>It is there and cannot be read; a directory cannot.</summary>
    public static RuleFileContent Unreadable(string reason, bool isMomentary = false) => new(null, reason, isMomentary);
}

/// <summary>Where rules and the lists that they name are read from. May wait for a disk.</summary>
public interface IRuleFiles
{
    RuleFileContent Read(string path);
}
