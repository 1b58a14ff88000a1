using System.Collections.Immutable;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>One of the two files.</summary>
public enum WrapperFile
{
    Allow,
    Deny,
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

    internal TermList Daemons { get; init; } = TermList.Empty;

    internal TermList Clients { get; init; } = TermList.Empty;

    public override string ToString() => $"{Path}:{Line}";
}
