using System;
using Rouse.Config.Text;

namespace Rouse.Config.Syntax;

/// <summary>What stands at the top level of a file.</summary>
public enum EntryKind
{
    Service,
    Defaults,
    Include,
    IncludeDir,

    /// <summary>A line that begins no entry, with all that is passed over after it.</summary>
    Stray,
}

/// <summary>What is wrong with the frame of an entry.</summary>
public enum EntryFault
{
    None,

    /// <summary>The keyword's line has no second word.</summary>
    MissingName,

    /// <summary>The line after the keyword's is not a lone opening brace.</summary>
    MissingOpenBrace,

    /// <summary>The file ends before the closing brace.</summary>
    Incomplete,
}

/// <summary>
/// A stretch of lines at the top level. <paramref name="Name"/> is the word after the keyword (empty for <c>defaults</c>).
/// <paramref name="BlamedLine"/> is the line that a fault is seen at.
/// </summary>
public sealed record Entry(
    SyntaxTree Tree, EntryKind Kind, EntryFault Fault, TextRange Keyword, TextRange Name, int FirstLine, int LineCount, int BlamedLine)
{
    public ReadOnlySpan<Line> Lines => Tree.Lines.Slice(FirstLine, LineCount);

    /// <summary>The first assignment to an attribute, as the reader takes it (a later one does not count for most attributes).</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out AttributeSyntax attribute)
    {
        foreach (Line line in Lines)
        {
            if (line.Kind == LineKind.Attribute)
            {
                attribute = AttributeSyntax.Read(Tree.File, line);
                if (attribute.Fault == AttributeFault.None && Tree.File.Bytes.Slice(attribute.Name.Start, attribute.Name.Length).Is(name))
                {
                    return true;
                }
            }
        }

        attribute = default;
        return false;
    }
}
