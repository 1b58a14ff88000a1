using System.Collections.Immutable;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>One of the two files.</summary>
public enum WrapperFile
{
    Allow,
    Deny,
}

/// <summary>A word of a list, one char a byte, and where it stands.</summary>
public readonly record struct WrapperWord(string Text, SourceSpan Span)
{
    public bool IsExcept => AsciiText.Same(Text, "EXCEPT");

    /// <summary>Splits <c>daemon@host</c> and <c>user@host</c>; <paramref name="host"/> is null where there is none.</summary>
    public void Split(out string name, out string? host)
    {
        bool hasHost = RuleSyntax.TrySplitHost(Text, out name, out string behind);
        host = hasHost ? behind : null;
    }
}

/// <summary>
/// One rule. A line of hosts.deny that cannot be understood is one too (<see cref="IsBroken"/>): it denies whom it may have meant.
/// </summary>
public sealed class WrapperRule
{
    internal WrapperRule(WrapperFile file, SourceSpan span, int line, int lastLine)
    {
        File = file;
        Span = span;
        Line = line;
        LastLine = lastLine;
    }

    public WrapperFile File { get; }

    /// <summary>From the rule's first byte to its last, without the line's end.</summary>
    public SourceSpan Span { get; }

    public string Path => Span.File!.Path;

    /// <summary>Where the rule begins, counted from 1.</summary>
    public int Line { get; }

    /// <summary>Where it ends: the number that the original gives it.</summary>
    public int LastLine { get; }

    public ImmutableArray<WrapperOption> Options { get; internal init; } = [];

    /// <summary>What becomes of a request that fits: the last word of <see cref="Options"/>, or else the file's.</summary>
    public WrapperOutcome Outcome { get; internal init; }

    public WrapperCause Cause { get; internal init; }

    public bool IsBroken => Cause == WrapperCause.BadRule;

    /// <summary>A command has a say (the option <c>aclexec</c>): see <see cref="HostRules.DecideAfterFailedCommand"/>.</summary>
    public bool HasAclExec
    {
        get
        {
            foreach (WrapperOption option in Options)
            {
                if (option.Kind == WrapperOptionKind.AclExec)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The words of the rule's two lists as they are written, EXCEPT among them; read anew from the file's text.</summary>
    public (ImmutableArray<WrapperWord> Daemons, ImmutableArray<WrapperWord> Clients) Words()
    {
        RuleLine line = RuleLine.At(Span.File!, Line);
        int colon = RuleSyntax.Find(line.Text, ':');
        if (colon < 0)
        {
            return ([], []);
        }

        int second = RuleSyntax.Find(line.Text, ':', colon + 1);
        return (Words(line, 0, colon), Words(line, colon + 1, second < 0 ? line.Text.Length : second));
    }

    private static ImmutableArray<WrapperWord> Words(RuleLine line, int start, int end)
    {
        ImmutableArray<WrapperWord>.Builder words = ImmutableArray.CreateBuilder<WrapperWord>();
        foreach (RuleWord word in RuleSyntax.Words(line.Text, start, end))
        {
            words.Add(new WrapperWord(word.Text, line.SpanOf(word.Index, word.Text.Length)));
        }

        return words.ToImmutable();
    }

    internal TermList Daemons { get; init; } = TermList.Empty;

    internal TermList Clients { get; init; } = TermList.Empty;

    public override string ToString() => $"{Path}:{Line}";
}
