using System.Globalization;
using System.Text;

namespace Rouse.Server.Rpc;

/// <summary>
/// One question to the portmapper: enter or remove a program's version on a port. Written as a call of ONC RPC (RFC 5531) with record
/// marking, as version 3 of rpcbind over its local socket, or as version 2, the portmapper of old, over TCP (both RFC 1833).
/// </summary>
/// <param name="Enter">SET; otherwise UNSET.</param>
/// <param name="Protocol">6 for tcp, 17 for udp.</param>
internal readonly record struct PortmapCall(bool Enter, uint Program, uint Version, int Protocol, ushort Port)
{
    /// <summary>More than any call of this kind takes.</summary>
    public const int MaxSize = 128;

    private const uint LastFragment = 0x8000_0000;
    private const uint Call = 0;
    private const uint RpcVersion = 2;
    private const uint PortmapProgram = 100_000;
    private const uint ProcedureSet = 1;
    private const uint ProcedureUnset = 2;

    /// <summary>The bytes to send; <paramref name="id"/> comes back with the answer.</summary>
    public byte[] Encode(uint id, bool toRpcbind)
    {
        byte[] buffer = new byte[MaxSize];
        XdrWriter xdr = new(System.MemoryExtensions.AsSpan(buffer, 4));
        xdr.Word(id);
        xdr.Word(Call);
        xdr.Word(RpcVersion);
        xdr.Word(PortmapProgram);
        xdr.Word(toRpcbind ? 3u : 2u);
        xdr.Word(Enter ? ProcedureSet : ProcedureUnset);

        // No credentials and no verifier: the portmapper believes the socket, not the message.
        for (int i = 0; i < 4; i++)
        {
            xdr.Word(0);
        }

        xdr.Word(Program);
        xdr.Word(Version);
        if (toRpcbind)
        {
            xdr.Text(Protocol == 6 ? "tcp"u8 : "udp"u8);
            xdr.Text(Encoding.ASCII.GetBytes(Enter ? UniversalAddress(Port) : ""));
            xdr.Text("0"u8);
        }
        else
        {
            xdr.Word((uint)Protocol);
            xdr.Word(Port);
        }

        new XdrWriter(buffer).Word(LastFragment | (uint)xdr.Length);
        return buffer[..(xdr.Length + 4)];
    }

    // The port is its last two bytes; the address says "every", as whoever asks puts in the one that he asked.
    private static string UniversalAddress(ushort port) => string.Create(CultureInfo.InvariantCulture, $"0.0.0.0.{port >> 8}.{port & 0xff}");
}
