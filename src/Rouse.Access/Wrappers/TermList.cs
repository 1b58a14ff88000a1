using System.Collections.Immutable;

namespace Rouse.Access.Wrappers;

/// <summary>
/// One word of a list: a daemon, a client, <c>daemon@host</c> or <c>user@host</c>. <paramref name="Name"/> is for the daemon or the user
/// and may be null for a client, <paramref name="Host"/> may be null for a daemon.
/// </summary>
/// <param name="Port">A daemon given by its port; -1 otherwise.</param>
internal readonly record struct Term(TextPattern? Name, HostPattern? Host, int Port = -1);

/// <summary>
/// A list of daemons or of clients: terms, and behind each EXCEPT the terms that do not count. <c>a EXCEPT b EXCEPT c</c> is
/// <c>a EXCEPT (b EXCEPT c)</c>.
/// </summary>
internal sealed class TermList(ImmutableArray<ImmutableArray<Term>> levels)
{
    public static readonly TermList Empty = new([[]]);

    public ImmutableArray<ImmutableArray<Term>> Levels { get; } = levels;

    public bool HasExceptions => Levels.Length > 1;

    /// <summary>A host in it is not understood.</summary>
    public bool IsDoubtful
    {
        get
        {
            foreach (ImmutableArray<Term> level in Levels)
            {
                foreach (Term term in level)
                {
                    if (term.Host is { IsDoubtful: true })
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The question is set where the answer is <see cref="Answer.Ask"/>.</summary>
    public Answer MatchDaemon(in WrapperRequest request, in HostFacts server, ref Question question) =>
        Match(0, ofDaemons: true, request, server, ref question);

    /// <inheritdoc cref="MatchDaemon"/>
    public Answer MatchClient(in WrapperRequest request, in HostFacts client, ref Question question) =>
        Match(0, ofDaemons: false, request, client, ref question);

    private Answer Match(int level, bool ofDaemons, in WrapperRequest request, in HostFacts host, ref Question question)
    {
        Question asked = default;
        Answer any = Answer.No;
        foreach (Term term in Levels[level])
        {
            Answer one = ofDaemons
                ? MatchDaemonTerm(term, request, host, ref asked)
                : MatchClientTerm(term, request, host, ref asked);
            if (one == Answer.Yes)
            {
                any = Answer.Yes;
                asked = default;
                break;
            }

            any = one == Answer.Ask ? Answer.Ask : any;
        }

        if (any == Answer.No || level + 1 == Levels.Length)
        {
            question = any == Answer.Ask ? asked : question;
            return any;
        }

        Answer exception = Match(level + 1, ofDaemons, request, host, ref asked);
        if (exception == Answer.Yes)
        {
            return Answer.No;
        }

        if (any == Answer.Yes && exception == Answer.No)
        {
            return Answer.Yes;
        }

        question = asked;
        return Answer.Ask;
    }

    private static Answer MatchDaemonTerm(in Term term, in WrapperRequest request, in HostFacts server, ref Question question)
    {
        bool fits = term.Port >= 0 ? request.ServerPort == term.Port : term.Name!.Fits(request.Daemon);
        if (!fits)
        {
            return Answer.No;
        }

        return term.Host is null ? Answer.Yes : term.Host.Match(server, ref question);
    }

    private static Answer MatchClientTerm(in Term term, in WrapperRequest request, in HostFacts client, ref Question question)
    {
        Question asked = question;
        Answer host = term.Host!.Match(client, ref asked);
        if (term.Name is null || host == Answer.No)
        {
            question = asked;
            return host;
        }

        if (request.User.IsAsked && !term.Name.Fits(request.User.Text))
        {
            return Answer.No;
        }

        question = asked;
        if (host == Answer.Ask || request.User.IsAsked)
        {
            return host;
        }

        // ALL fits any user, and is asked for all the same: `ALL@ALL` is how the original is told to find out.
        question = question.Need != WrapperNeed.Nothing ? question : new(WrapperNeed.User);
        return Answer.Ask;
    }
}
