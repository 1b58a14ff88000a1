using System.Collections.Immutable;

namespace Rouse.Access.Wrappers;

/// <summary>The patterns of a file that a rule names (<c>/file</c>): a host fits if one of them does.</summary>
internal sealed class PatternList
{
    private readonly HostIndex _index;

    public PatternList(string path, ImmutableArray<HostPattern> patterns)
    {
        Path = path;
        Patterns = patterns;
        HostIndex.Builder index = new();
        foreach (HostPattern pattern in patterns)
        {
            index.Add(pattern, 0);
            IsDoubtful |= pattern.IsDoubtful;
        }

        _index = index.Build();
    }

    public string Path { get; }

    public ImmutableArray<HostPattern> Patterns { get; }

    /// <summary>One of them is not understood.</summary>
    public bool IsDoubtful { get; }

    public Answer Match(in HostFacts host, ref Question question)
    {
        if (!host.IsCanonical)
        {
            return MatchOneByOne(Patterns, host, ref question);
        }

        (int sure, int ifNamed) = _index.Find(host);
        if (sure != HostIndex.None)
        {
            return Answer.Yes;
        }

        Question asked = ifNamed == HostIndex.None ? default : HostPattern.NameQuestion(host);
        Answer others = MatchOneByOne(_index.Others, host, ref asked);
        if (others != Answer.Yes && asked.Need != WrapperNeed.Nothing)
        {
            question = question.Need != WrapperNeed.Nothing ? question : asked;
            return Answer.Ask;
        }

        return others;
    }

    private static Answer MatchOneByOne(ImmutableArray<HostPattern> patterns, in HostFacts host, ref Question question)
    {
        Answer any = Answer.No;
        Question asked = question;
        foreach (HostPattern pattern in patterns)
        {
            Answer one = pattern.Match(host, ref asked);
            if (one == Answer.Yes)
            {
                return Answer.Yes;
            }

            any = one == Answer.Ask ? Answer.Ask : any;
        }

        question = asked;
        return any;
    }
}
