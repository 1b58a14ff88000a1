namespace Rouse.Config.Text;

/// <summary>A stretch of bytes within a file that is known from elsewhere.</summary>
public readonly record struct TextRange(int Start, int Length)
{
    public int End => Start + Length;

    public SourceSpan In(SourceFile file) => new(file, Start, Length);
}
