using System.CommandLine;
using Rouse.Linux;

namespace Rouse.Tools.Control;

/// <summary>What the verbs that talk with a daemon share.</summary>
internal static class ControlOption
{
    public const int Failed = 1;

    public static Option<string?> Make() => new("--control")
    {
        Description = "The daemon's control socket, if it is not at its usual place",
        HelpName = "PATH",
    };

    /// <summary>Says why on standard error; the exit code.</summary>
    public static int Fail(string fault)
    {
        StandardStreams.Write(StandardStreams.Error, $"rouse: {fault}\n");
        return Failed;
    }
}
