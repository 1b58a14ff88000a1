using System;
using System.Collections.Immutable;
using Rouse.Config.Text;

namespace Rouse.Access.Wrappers;

/// <summary>
/// The patterns of a file that a rule names (<c>/file</c>): a host fits if one of them does. Plain words are found through the index and are
/// kept nowhere else but in the file's text; the others are objects.
/// </summary>
internal sealed class PatternList
{
    private readonly HostIndex _index;

    // Null where there is no such file.
    private readonly SourceFile? _file;
    private readonly ImmutableArray<HostPattern> _written;

    /// <param name="path">As named.</param>
    /// <param name="file">Its text; null where there is no such file.</param>
    /// <param name="index">Has all the patterns.</param>
    /// <param name="written">The patterns of words that are not plain, in their order.</param>
    public PatternList(string path, SourceFile? file, HostIndex.Builder index, ImmutableArray<HostPattern> written)
    {
        Path = path;
        _file = file;
        _written = written;
        _index = index.Build();
        foreach (HostPattern pattern in written)
        {
            IsDoubtful |= pattern.IsDoubtful;
        }
    }

    public string Path { get; }

    /// <summary>One of them is not understood.</summary>
    public bool IsDoubtful { get; }

    public Answer Match(in HostFacts host, ref Question question)
    {
        if (!host.IsCanonical)
        {
            return MatchOneByOne(host, ref question);
        }

        (int sure, int ifNamed) = _index.Find(host);
        if (sure != HostIndex.None)
        {
            return Answer.Yes;
        }

        Question asked = ifNamed == HostIndex.None ? default : HostPattern.NameQuestion(host);
        Answer others = MatchOthers(host, ref asked);
        if (others != Answer.Yes && asked.Need != WrapperNeed.Nothing)
        {
            question = question.Need != WrapperNeed.Nothing ? question : asked;
            return Answer.Ask;
        }

        return others;
    }

    /// <summary>Puts the patterns into a rule's index; false where some must be tried by themselves.</summary>
    public bool AddTo(HostIndex.Builder index, int entry)
    {
        for (ListWords words = WordsOf(_file); words.Next(out ReadOnlySpan<byte> text, out _);)
        {
            if (TryReadPlain(text, out PlainWord word))
            {
                index.Add(word, text, entry);
            }
        }

        bool all = true;
        foreach (HostPattern pattern in _written)
        {
            all &= index.Add(pattern, entry);
        }

        return all;
    }

    public static bool TryReadPlain(ReadOnlySpan<byte> text, out PlainWord word)
    {
        word = default;
        return text.Length <= ListWords.Longest && PlainWord.TryRead(text, out word);
    }

    /// <summary>The words of a list.</summary>
    public static ListWords WordsOf(SourceFile? file) => new(file is null ? [] : file.Bytes);

    private Answer MatchOthers(in HostFacts host, ref Question question)
    {
        Answer any = Answer.No;
        Question asked = question;
        foreach (HostPattern pattern in _index.Others)
        {
            if (Add(pattern.Match(host, ref asked), ref any))
            {
                return Answer.Yes;
            }
        }

        question = asked;
        return any;
    }

    private Answer MatchOneByOne(in HostFacts host, ref Question question)
    {
        Answer any = Answer.No;
        Question asked = question;
        int written = 0;
        for (ListWords words = WordsOf(_file); words.Next(out ReadOnlySpan<byte> text, out _);)
        {
            Answer one = TryReadPlain(text, out PlainWord word)
                ? word.Match(text, host, ref asked)
                : _written[written++].Match(host, ref asked);
            if (Add(one, ref any))
            {
                return Answer.Yes;
            }
        }

        question = asked;
        return any;
    }

    // True where the answer is settled.
    private static bool Add(Answer one, ref Answer any)
    {
        any = one == Answer.Ask ? Answer.Ask : any;
        return one == Answer.Yes;
    }
}

/// <summary>The words of a list of patterns, split at what isspace(3) accepts.</summary>
internal ref struct ListWords(ReadOnlySpan<byte> bytes)
{
    /// <summary>What the original's buffer for a word holds; a longer word runs over its end.</summary>
    public const int Longest = 8191;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public bool Next(out ReadOnlySpan<byte> word, out int start)
    {
        ReadOnlySpan<byte> space = " \t\n\v\f\r"u8;
        int skipped = _bytes[_at..].IndexOfAnyExcept(space);
        start = _at + skipped;
        if (skipped < 0)
        {
            word = default;
            return false;
        }

        int length = _bytes[start..].IndexOfAny(space);
        word = length < 0 ? _bytes[start..] : _bytes.Slice(start, length);
        _at = start + word.Length;
        return true;
    }
}
