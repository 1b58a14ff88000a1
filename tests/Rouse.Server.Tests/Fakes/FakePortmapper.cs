using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;

namespace Rouse.Server.Tests.Fakes;

/// <summary>A portmapper in memory, as rpcbind over its local socket (version 3) or the portmapper of old over TCP (version 2).</summary>
internal sealed class FakePortmapper
{
    private readonly List<Action> _late = [];

    public FakePortmapper(FakeSystem system)
    {
        system.LocalTarget = path => path == "/run/rpcbind.sock" && HasLocalSocket ? NewPeer() : null;
        system.Target = to => to.Port == 111 && HasTcp ? NewPeer() : null;
    }

    public bool HasLocalSocket { get; set; } = true;

    public bool HasTcp { get; set; } = true;

    /// <summary>Connections are taken, and nothing is ever answered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Calls are carried out as they come, and answered only when <see cref="AnswerNow"/> says so.</summary>
    public bool IsSlow { get; set; }

    /// <summary>What is answered in place of an answer; null for none.</summary>
    public byte[]? Nonsense { get; set; }

    /// <summary>program/version/protocol, and the port.</summary>
    public SortedDictionary<string, int> Table { get; } = new(StringComparer.Ordinal);

    /// <summary>Each call, in order: <c>v3 set 100001/2/udp 1234</c>.</summary>
    public List<string> Calls { get; } = [];

    public string Registered => string.Join(' ', Table);

    public void AnswerNow()
    {
        IsSlow = false;
        _late.ForEach(static answer => answer());
        _late.Clear();
    }

    private FakePeer NewPeer() => new() { Heard = Answer };

    private void Answer(FakePeer peer)
    {
        byte[] call = [.. peer.Outbound];
        peer.Outbound.Clear();
        if (IsSilent)
        {
            return;
        }

        if (Nonsense is not null)
        {
            peer.Sends(Nonsense);
            return;
        }

        Assert.Equal(0x8000_0000 | (uint)(call.Length - 4), Word(call, 0));
        Assert.Equal((0u, 2u, 100_000u), (Word(call, 2), Word(call, 3), Word(call, 4)));
        bool set = Word(call, 6) == 1;
        (string protocol, int port) = Word(call, 5) == 3 ? ReadRpcbind(call) : (Word(call, 13) == 6 ? "tcp" : "udp", (int)Word(call, 14));
        string key = $"{Word(call, 11)}/{Word(call, 12)}/{protocol}";
        Calls.Add($"v{Word(call, 5)} {(set ? $"set {key} {port}" : $"unset {key}")}");
        bool yes = set ? Table.TryAdd(key, port) || Table[key] == port : Table.Remove(key);
        byte[] reply = new byte[32];
        uint[] words = [0x8000_001c, Word(call, 1), 1, 0, 0, 0, 0, yes ? 1u : 0u];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(i * 4), words[i]);
        }

        _late.Add(() => peer.Sends(reply));
        if (!IsSlow)
        {
            AnswerNow();
        }
    }

    private static (string Protocol, int Port) ReadRpcbind(byte[] call)
    {
        int at = 13 * 4;
        string protocol = Text(call, ref at);
        string[] address = Text(call, ref at).Split('.');
        Assert.Equal("0", Text(call, ref at));
        Assert.Equal(call.Length, at);
        return (protocol, address.Length == 6 ? (int.Parse(address[4]) << 8) | int.Parse(address[5]) : 0);
    }

    private static string Text(byte[] call, ref int at)
    {
        int length = (int)Word(call, at / 4);
        string text = Encoding.ASCII.GetString(call, at + 4, length);
        at += 4 + ((length + 3) & ~3);
        return text;
    }

    private static uint Word(byte[] bytes, int index) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(index * 4));
}
