using System;
using Rouse.Linux;

namespace Rouse.Tools;

/// <summary>The tools' executable: the name that it is called by, or the first word after it, picks the personality.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        // The words as the kernel holds them, one char a byte: a path need not be UTF-8.
        string[] words = ThisProcess.CommandLine();
        int first = Math.Max(words.Length - args.Length, 0);
        string calledBy = first > 0 ? words[0][(words[0].LastIndexOf('/') + 1)..] : "";
        ReadOnlySpan<string> arguments = words.AsSpan(first);
        if (!Personalities.TryFind(calledBy, out Func<string[], int>? personality) && arguments.Length > 0
            && Personalities.TryFind(arguments[0], out personality))
        {
            arguments = arguments[1..];
        }

        return personality is null ? Verbs.Run(arguments.ToArray()) : personality(arguments.ToArray());
    }
}
