using System.Collections.Generic;
using Rouse.Runlevels;
using Rouse.Tools.Control;
using Rouse.Tools.Processes;

namespace Rouse.Tools.Services;

/// <summary>A service as <c>rouse services</c> shows it. Texts are one char a byte.</summary>
internal sealed class ServiceRow
{
    /// <summary>The script's name, or the service's id.</summary>
    public required string Name { get; init; }

    /// <summary><c>sysv</c>, <c>xinetd</c> or <c>inetd</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where it is described; empty where only the running daemon knows it.</summary>
    public string File { get; init; } = "";

    /// <summary>Null for services that know no levels.</summary>
    public Levels? OnIn { get; init; }

    public bool IsOn { get; set; }

    /// <summary>How its server is started: <c>on-demand</c>, <c>resident</c>, …; empty where nobody can tell, and where it has no server.</summary>
    public string Start { get; set; } = "";

    /// <summary>Address, port and protocol: <c>*:79/tcp</c>.</summary>
    public IReadOnlyList<string> Listens { get; set; } = [];

    /// <summary>A word or two: <c>running</c>, <c>parked</c>, <c>asleep</c>, <c>off</c>, <c>stopped</c>, …; empty where nobody can tell.</summary>
    public string State { get; set; } = "";

    /// <summary>Connections that are served now, with or without a process.</summary>
    public long Live { get; set; }

    /// <summary>Its servers' processes.</summary>
    public IReadOnlyList<int> Pids { get; set; } = [];

    /// <summary>What these, those that wait, and the processes that they started hold; null where nobody can tell.</summary>
    public HeldMemory? Memory { get; set; }

    /// <summary>The servers that are there before their connections or after them, as the running super-server tells of them.</summary>
    public IReadOnlyList<WaitingServers> Waiting { get; set; } = [];

    /// <summary>Seconds since 1970 of the last connection; null where there was none, or nobody keeps it.</summary>
    public long? Last { get; set; }

    /// <summary>The running super-server has it, so that a missing <see cref="Last"/> means never.</summary>
    public bool IsServed { get; set; }
}
