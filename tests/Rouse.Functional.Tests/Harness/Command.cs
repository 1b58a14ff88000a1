using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;

namespace Rouse.Harness;

/// <summary>What a program that ran to its end left.</summary>
internal sealed record CommandResult(int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.Latin1.GetString(Output);
}

/// <summary>Runs a program to its end within a bound; past it the program is killed and the test fails.</summary>
internal static class Command
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>A small environment that every program of the tests starts with, so that a run does not depend on the caller's.</summary>
    public static readonly IReadOnlyDictionary<string, string> Environment = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["HOME"] = "/root",
        ["LANG"] = "C",
        ["TZ"] = "UTC0",
    };

    public static CommandResult Run(string program, params string[] arguments) => Run(null, Bound, program, arguments);

    /// <summary>Runs a program that must succeed; its output.</summary>
    public static string Succeed(IReadOnlyDictionary<string, string>? environment, string program, params string[] arguments)
    {
        CommandResult result = Run(environment, Bound, program, arguments);
        Assert.True(
            result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Text}\n{result.Error}");
        return result.Text;
    }

    public static CommandResult RunWithInput(string input, string program, params string[] arguments) =>
        Run(null, Bound, input, program, arguments);

    public static CommandResult Run(
        IReadOnlyDictionary<string, string>? environment, TimeSpan bound, string program, params string[] arguments) =>
        Run(environment, bound, "", program, arguments);

    private static CommandResult Run(
        IReadOnlyDictionary<string, string>? environment, TimeSpan bound, string input, string program, string[] arguments)
    {
        using var process = new Process { StartInfo = Describe(program, arguments, environment) };
        process.Start();
        process.StandardInput.BaseStream.Write(Encoding.Latin1.GetBytes(input));
        process.StandardInput.Close();
        var output = new Drain(process.StandardOutput.BaseStream);
        var error = new Drain(process.StandardError.BaseStream);
        if (!process.WaitForExit(bound))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {bound.TotalSeconds:0} s");
        }

        // A daemonised child may keep the pipe: what is there shortly after the end is the output.
        var shortly = TimeSpan.FromSeconds(2);
        return new CommandResult(process.ExitCode, output.Take(shortly), Encoding.Latin1.GetString(error.Take(shortly)));
    }

    public static ProcessStartInfo Describe(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment.Clear();
        foreach (KeyValuePair<string, string> pair in environment ?? Environment)
        {
            info.Environment[pair.Key] = pair.Value;
        }

        return info;
    }
}
