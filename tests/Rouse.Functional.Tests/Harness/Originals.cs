using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Rouse.Harness;

/// <summary>
/// The programs of Debian's packages: the originals that Rouse replaces, and real servers and clients. Fetched by
/// tests/tools/fetch-originals into the cache, unpacked there, never installed.
/// </summary>
internal static class Originals
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, string?> Fetched = [];

    /// <summary>The libraries that the fetched programs need and the machine may lack.</summary>
    public static string LibraryPath
    {
        get
        {
            string libs = Path.Combine(Repository.Cache, "originals", "libs");
            return !Directory.Exists(libs) ? "" : string.Join(':', Directory.GetDirectories(libs)
                .SelectMany(library => new[] { Path.Combine(library, "usr", "lib"), Path.Combine(library, "lib") })
                .Where(Directory.Exists)
                .SelectMany(lib => Directory.GetDirectories(lib, "*-linux-gnu")));
        }
    }

    /// <summary>The path of a program of a package; the test is skipped where the package cannot be had.</summary>
    public static string Program(string package, string path)
    {
        if (WhyNot(package) is string reason)
        {
            Assert.Skip(reason);
        }

        return Path.Combine(Repository.Cache, "originals", package, path);
    }

    /// <summary>The reason why a package cannot be had here, or null when it is there.</summary>
    public static string? WhyNot(string package)
    {
        lock (Gate)
        {
            if (!Fetched.TryGetValue(package, out string? reason))
            {
                CommandResult result = Command.Run(
                    FetchEnvironment(), TimeSpan.FromMinutes(6), Path.Combine(Repository.Tools, "fetch-originals"), package);
                reason = result.ExitCode switch
                {
                    0 => null,
                    3 => result.Error.Trim(),
                    _ => throw new InvalidOperationException($"fetch-originals {package}: exit {result.ExitCode}: {result.Error}"),
                };
                Fetched[package] = reason;
            }

            return reason;
        }
    }

    /// <summary>An environment that lets fetched programs find their libraries.</summary>
    public static IReadOnlyDictionary<string, string> Environment() =>
        new Dictionary<string, string>(Command.Environment) { ["LD_LIBRARY_PATH"] = LibraryPath };

    // The registry may be behind a proxy that only the caller's environment knows.
    private static Dictionary<string, string> FetchEnvironment()
    {
        var environment = new Dictionary<string, string>(Command.Environment);
        foreach (string name in new[] { "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY" })
        {
            if (System.Environment.GetEnvironmentVariable(name) is string value)
            {
                environment[name] = value;
            }
        }

        return environment;
    }
}
