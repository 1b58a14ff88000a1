using System;
using System.Collections.Generic;

namespace Rouse.Tools.Service;

/// <summary>
/// What an init script finds in its environment, whoever calls it: at boot it has nothing else either, and what works by hand must work then.
/// </summary>
internal static class CleanEnvironment
{
    public const string SkipRedirect = "SYSTEMCTL_SKIP_REDIRECT";

    private const string IgnoreDependencies = "SYSTEMCTL_IGNORE_DEPENDENCIES";
    private const string Path = "PATH=/sbin:/usr/sbin:/bin:/usr/bin";

    private static readonly string[] Passed = ["TERM", "LANG"];

    public static List<string> Of(ServiceCommandLine line, string[] environment)
    {
        List<string> clean = [Path];
        foreach (string name in Passed)
        {
            clean.Add($"{name}={ValueOf(environment, name)}");
        }

        // The function library of the scripts asks for these two.
        Add(IgnoreDependencies, line.IgnoresDependencies);
        Add(SkipRedirect, line.SkipsRedirect);
        return clean;

        void Add(string name, bool isAsked)
        {
            string value = isAsked ? "1" : ValueOf(environment, name);
            if (value.Length > 0)
            {
                clean.Add($"{name}={value}");
            }
        }
    }

    /// <summary>It is there and not empty.</summary>
    public static bool IsSet(string[] environment, string name) => ValueOf(environment, name).Length > 0;

    private static string ValueOf(string[] environment, string name)
    {
        foreach (string word in environment)
        {
            if (word.Length > name.Length && word[name.Length] == '=' && word.StartsWith(name, StringComparison.Ordinal))
            {
                return word[(name.Length + 1)..];
            }
        }

        return "";
    }
}
