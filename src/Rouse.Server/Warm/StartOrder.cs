using System;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>A server that is to be started and parked.</summary>
/// <param name="Spec">What it is started with.</param>
/// <param name="Guess">The local address that its connection is likely to have; none if that is not known.</param>
/// <param name="IsUrgent">None of the service is parked, or only one that is not copied for much longer: connections would be cold.</param>
/// <param name="IsForClones">It is to serve by copies of itself, which it can only with one thread.</param>
/// <param name="Done">Called on the loop's thread.</param>
internal sealed record StartOrder(
    ServerSpec Spec, SocketAddress Guess, Dependencies Dependencies, bool IsUrgent, bool IsForClones, long TimeoutMs, Action<StartOutcome> Done);

/// <summary>Why a start-up did not end in a parked server.</summary>
internal enum StartFailure
{
    None,

    /// <summary>Nothing can be traced here, by anybody.</summary>
    NotPermitted,

    /// <summary>It will not be otherwise the next time: a 32-bit program, one that ends by itself.</summary>
    Unfit,

    /// <summary>Too slow, or out of something: it may work later.</summary>
    Failed,
}

/// <summary>How a start-up ended. <paramref name="Reason"/>: what parked it, or why it failed.</summary>
internal readonly record struct StartOutcome(ParkedServer? Parked, StartFailure Failure, string Reason)
{
    public static StartOutcome Failed(StartFailure failure, string reason) => new(null, failure, reason);
}

/// <summary>A server that waits for its connection.</summary>
/// <param name="Control">Our end of the pair that stands in for the connection.</param>
/// <param name="StartupMs">From its birth to its parking.</param>
internal sealed record ParkedServer(int Pid, Fd Control, Foresight Foresight, double StartupMs, int Calls, int Threads);
