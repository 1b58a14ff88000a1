using System;
using System.Collections.Generic;

namespace Rouse.Tools.Service;

/// <summary>What the command line asks for.</summary>
internal enum ServiceTask
{
    /// <summary>Nothing was asked.</summary>
    Usage,
    Help,
    Version,
    StatusOfAll,
    FullRestart,
    Verb,
}

/// <summary>
/// service(8)'s command line, taken as the originals take it: an option counts wherever it stands, the first other word is the service, the
/// second the verb, and the rest goes to the script.
/// </summary>
internal sealed record ServiceCommandLine(ServiceTask Task, string Name, IReadOnlyList<string> Words, bool SkipsRedirect, bool IgnoresDependencies)
{
    /// <summary>The verb; empty for none.</summary>
    public string Verb => Words.Count > 0 ? Words[0] : "";

    public static ServiceCommandLine Read(string[] arguments)
    {
        string? name = null;
        List<string> words = [];
        bool skips = false;
        bool ignores = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string word = arguments[i];
            int left = arguments.Length - i;
            if (word is "-h" || word.StartsWith("--h", StringComparison.Ordinal))
            {
                return Of(ServiceTask.Help);
            }

            if (word is "--version" or "-V")
            {
                return Of(ServiceTask.Version);
            }

            if (word is "--skip-redirect")
            {
                skips = true;
            }
            else if (word is "--ignore-dependencies")
            {
                ignores = true;
            }
            else if (name is null && left == 1 && word == "--status-all")
            {
                return Of(ServiceTask.StatusOfAll);
            }
            else if (name is null && left == 2 && arguments[i + 1] == "--full-restart")
            {
                name = word;
                return Of(ServiceTask.FullRestart);
            }
            else if (name is null)
            {
                name = word;
            }
            else
            {
                words.Add(word);
            }
        }

        return Of(string.IsNullOrEmpty(name) ? ServiceTask.Usage : ServiceTask.Verb);

        ServiceCommandLine Of(ServiceTask task) => new(task, name ?? "", words, skips, ignores);
    }
}
