namespace Rouse.Config.Text;

/// <summary>A stretch of bytes in a file: what a diagnostic points at, and where a value came from.</summary>
public readonly record struct SourceSpan(SourceFile? File, int Start, int Length)
{
    /// <summary>A value that no file gave (a built-in default, a command-line option).</summary>
    public static SourceSpan None => default;

    /// <summary><c>file:line:column</c>, or an empty string where no file gave the value.</summary>
    public override string ToString()
    {
        if (File is null)
        {
            return "";
        }

        (int line, int column) = File.Position(Start);
        return $"{File.Path}:{line}:{column}";
    }
}
