using Rouse.Linux;

namespace Rouse.Server.Resident;

/// <summary>How a server ended, in words for the daemon's log.</summary>
internal static class ExitText
{
    public static string Of(in ChildExit exit, long seconds) =>
        $"{(exit.Signal >= 0 ? $"was ended by signal {exit.Signal}" : $"has ended with status {exit.Status}")} after {seconds} second{(seconds == 1 ? "" : "s")}";
}
