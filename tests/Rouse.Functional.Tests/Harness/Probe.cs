using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;

namespace Rouse.Harness;

/// <summary>The server program of the tests (tests/fixtures/probe.c), compiled once per state of its source.</summary>
internal static class Probe
{
    private static readonly Lock Gate = new();
    private static string? s_path;

    /// <summary>The compiled program; it lies where every user may execute it only once <see cref="Scratch"/> has copied it.</summary>
    public static string Compiled
    {
        get
        {
            lock (Gate)
            {
                return s_path ??= Compile();
            }
        }
    }

    private static string Compile()
    {
        string source = Path.Combine(Repository.Fixtures, "probe.c");
        string target = Path.Combine(Repository.Cache, "fixtures", "probe");
        if (File.Exists(target) && File.GetLastWriteTimeUtc(target) >= File.GetLastWriteTimeUtc(source))
        {
            return target;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string fresh = $"{target}.{System.Environment.ProcessId}";
        CommandResult result = Command.Run("gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", fresh, source);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException("probe.c does not compile: " + result.Error);
        }

        File.Move(fresh, target, overwrite: true);
        return target;
    }
}

/// <summary>What a probe reported of the world that it was woken in.</summary>
internal sealed class World
{
    private readonly List<string> _lines;

    private World(List<string> lines) => _lines = lines;

    public static World Parse(string report)
    {
        var lines = report.Split('\n').ToList();
        int end = lines.IndexOf("end");
        return end >= 0 ? new World(lines[..end]) : throw new InvalidDataException("no whole report of a probe: «" + report + "»");
    }

    /// <summary>The value of the only line with this name.</summary>
    public string this[string name] => All(name) is [string only] ? only : throw new InvalidDataException($"not one «{name}» in\n{this}");

    public IReadOnlyList<string> All(string name) =>
        [.. _lines.Where(line => line == name || line.StartsWith(name + " ")).Select(line => line.Length > name.Length ? line[(name.Length + 1)..] : "")];

    public IReadOnlyList<string> Argv => [.. All("argv").Select(value => value[(value.IndexOf(' ') + 1)..])];

    /// <summary>The descriptors' numbers, in order.</summary>
    public string Descriptors => string.Join(' ', All("fd").Select(value => int.Parse(value.Split(' ')[0])).Order());

    public IReadOnlyList<string> DescriptorTargets => [.. All("fd").Select(value => value[(value.IndexOf(' ') + 1)..]).Distinct()];

    public string? Env(string name) =>
        All("env").FirstOrDefault(value => value.StartsWith(name + "="))?[(name.Length + 1)..];

    public override string ToString() => string.Join('\n', _lines);
}
