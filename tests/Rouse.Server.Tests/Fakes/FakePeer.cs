using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Linux;

namespace Rouse.Server.Tests.Fakes;

/// <summary>The other end of a connection.</summary>
internal sealed class FakePeer
{
    public Queue<byte> Inbound { get; } = new();

    public List<byte> Outbound { get; } = [];

    /// <summary>How many more bytes it takes.</summary>
    public int Window { get; set; } = int.MaxValue;

    /// <summary>It has shut its sending side.</summary>
    public bool SentAll { get; set; }

    /// <summary>It has reset the connection.</summary>
    public bool Gone { get; set; }

    /// <summary>It has not answered the daemon's connect yet.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>The daemon's connect has failed.</summary>
    public Errno ConnectError { get; set; }

    /// <summary>The daemon has shut its sending side.</summary>
    public bool SawEnd { get; set; }

    /// <summary>The daemon has closed its end with a reset.</summary>
    public bool SawReset { get; set; }

    /// <summary>Whose process it is, where it is of this machine.</summary>
    public uint Uid { get; set; }

    /// <summary>Called when the daemon has sent something.</summary>
    public Action<FakePeer>? Heard { get; init; }

    /// <summary>The daemon has closed its end.</summary>
    public bool Closed { get; set; }

    public FakePeer Sends(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            Inbound.Enqueue(one);
        }

        return this;
    }

    public string Received => Encoding.Latin1.GetString([.. Outbound]);
}
