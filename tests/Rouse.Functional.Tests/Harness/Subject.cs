using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Rouse.Harness;

/// <summary>Which program plays the super-server: Debian's xinetd, or ours called by that name.</summary>
internal enum Subject
{
    Original,
    Ours,
}

internal static class Subjects
{
    private static readonly string[] Loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

    /// <summary>Programs of Debian's packages are started through it, so that they find their libraries.</summary>
    public static string Loader =>
        Loaders.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("no dynamic loader that the tests know");

    /// <summary>ROUSE_UNDER_TEST: `ours` when it is not set.</summary>
    public static Subject Current => Chosen("ours") switch
    {
        "original" => Subject.Original,
        _ => Subject.Ours,
    };

    /// <summary>Whether this run has this subject; `both` is what a comparison runs when nothing is asked for.</summary>
    public static bool Includes(Subject subject) => Chosen("both") switch
    {
        "original" => subject == Subject.Original,
        "ours" => subject == Subject.Ours,
        _ => true,
    };

    /// <summary>Skips what only ours promises when the original is under test.</summary>
    public static void OnlyOurs(string promise)
    {
        if (Current == Subject.Original)
        {
            Assert.Skip("the original does not promise this: " + promise);
        }
    }

    public static IReadOnlyList<string> CommandLine(Subject subject)
    {
        if (subject == Subject.Ours)
        {
            string ours = Path.Combine(Repository.Bin, "xinetd");
            Assert.True(File.Exists(ours), $"no {ours}: build it with `make build`, or name its folder in ROUSE_BIN");

            // A test touches nothing of the machine's own; one that is about the socket names its path, and the last word counts.
            return [ours, "-control", "none"];
        }

        // Through the loader, so that the libraries are found without a variable that servers would inherit.
        string original = Originals.Program("xinetd", "usr/sbin/xinetd");
        return [Loader, "--library-path", Originals.LibraryPath, original];
    }

    private static string Chosen(string otherwise) => Environment.GetEnvironmentVariable("ROUSE_UNDER_TEST") switch
    {
        null or "" => otherwise,
        "original" => "original",
        "ours" => "ours",
        "both" => "both",
        string other => throw new InvalidOperationException($"ROUSE_UNDER_TEST is «{other}»; it can be original, ours or both"),
    };
}
