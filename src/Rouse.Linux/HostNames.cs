using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>getaddrinfo(3) and getnameinfo(3). They may wait for a name server: never called from the loop.</summary>
// SAFETY: the list belongs to the C library until freeaddrinfo; each address is copied before. Other pointers are to locals of their size.
public static unsafe partial class HostNames
{
    private const int NI_NAMEREQD = 8;
    private const int NI_MAXHOST = 1025;

    /// <summary>Every address of a name, each once; empty where it cannot be resolved.</summary>
    /// <param name="family">Only addresses of this family are asked for; <see cref="AddressFamily.Unspecified"/> for all.</param>
    public static IReadOnlyList<SocketAddress> Resolve(string name, AddressFamily family = AddressFamily.Unspecified)
    {
        List<SocketAddress> found = [];
        AddressInfo hints = new() { SocketType = 1, Family = (int)family };
        AddressInfo* list;
        fixed (byte* key = Files.Zero(name))
        {
            if (getaddrinfo(key, null, &hints, &list) != 0)
            {
                return found;
            }
        }

        for (AddressInfo* at = list; at != null; at = at->Next)
        {
            SocketAddress address = SocketAddresses.Read(new ReadOnlySpan<byte>(at->Address, (int)at->AddressLength));
            if (!address.IsNone && !found.Contains(address))
            {
                found.Add(address);
            }
        }

        freeaddrinfo(list);
        return found;
    }

    /// <summary>The name that an address goes by (its reverse name), one char a byte; null where there is none, or it cannot be found out.</summary>
    public static string? NameOf(in SocketAddress address)
    {
        byte* raw = stackalloc byte[SocketAddresses.MaxSize];
        int length = SocketAddresses.Write(address, new Span<byte>(raw, SocketAddresses.MaxSize));
        byte* name = stackalloc byte[NI_MAXHOST];
        return getnameinfo(raw, (uint)length, name, NI_MAXHOST, null, 0, NI_NAMEREQD) == 0
            ? Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name))
            : null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct AddressInfo
    {
        public int Flags;
        public int Family;
        public int SocketType;
        public int Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }

    [LibraryImport("libc")]
    private static partial int getaddrinfo(byte* name, byte* service, AddressInfo* hints, AddressInfo** result);

    [LibraryImport("libc")]
    private static partial void freeaddrinfo(AddressInfo* list);

    [LibraryImport("libc")]
    private static partial int getnameinfo(byte* address, uint addressLength, byte* host, uint hostSize, byte* service, uint serviceSize, int flags);
}
