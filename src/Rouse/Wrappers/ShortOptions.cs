using System.Collections.Generic;

namespace Rouse.Tools.Wrappers;

/// <summary>
/// getopt(3) as the C library has it: options of one letter, several behind one dash, a value behind its letter or in the next word,
/// options and operands in any order, <c>--</c> before what are only operands.
/// </summary>
internal sealed class ShortOptions
{
    private readonly List<(char Letter, string Value)> _given = [];
    private readonly List<string> _operands = [];

    /// <summary>The options in their order.</summary>
    public IReadOnlyList<(char Letter, string Value)> Given => _given;

    public IReadOnlyList<string> Operands => _operands;

    /// <summary>What is wrong, in the C library's words; null if nothing.</summary>
    public string? Complaint { get; private set; }

    /// <param name="arguments">The words behind the program's name.</param>
    /// <param name="letters">The letters; a colon behind one that takes a value.</param>
    public static ShortOptions Parse(IReadOnlyList<string> arguments, string letters)
    {
        ShortOptions options = new();
        for (int i = 0; i < arguments.Count && options.Complaint is null; i++)
        {
            string word = arguments[i];
            if (word == "--")
            {
                options.TakeOperands(arguments, i + 1);
                break;
            }

            if (word.Length > 1 && word[0] == '-')
            {
                options.TakeWord(word, arguments, ref i, letters);
            }
            else
            {
                options._operands.Add(word);
            }
        }

        return options;
    }

    private void TakeOperands(IReadOnlyList<string> arguments, int from)
    {
        for (int i = from; i < arguments.Count; i++)
        {
            _operands.Add(arguments[i]);
        }
    }

    private void TakeWord(string word, IReadOnlyList<string> arguments, ref int i, string letters)
    {
        for (int at = 1; at < word.Length; at++)
        {
            int place = word[at] == ':' ? -1 : letters.IndexOf(word[at]);
            if (place < 0)
            {
                Complaint = $"invalid option -- '{word[at]}'";
                return;
            }

            if (place + 1 == letters.Length || letters[place + 1] != ':')
            {
                _given.Add((word[at], ""));
                continue;
            }

            string? value = at + 1 < word.Length ? word[(at + 1)..] : i + 1 < arguments.Count ? arguments[++i] : null;
            if (value is null)
            {
                Complaint = $"option requires an argument -- '{word[at]}'";
                return;
            }

            _given.Add((word[at], value));
            return;
        }
    }
}
