using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Rouse.Linux;

/// <summary>getaddrinfo(3) and getnameinfo(3). They may wait for a name server: never called from the loop.</summary>
// SAFETY: the list belongs to the C library until freeaddrinfo; each address is copied before. Other pointers are to locals of their size.
public static unsafe partial class HostNames
{
    private const int NI_NUMERICHOST = 1;
    private const int NI_NAMEREQD = 8;
    private const int AI_PASSIVE = 1;
    private const int AI_CANONNAME = 2;
    private const int AI_NUMERICHOST = 4;
    private const int NI_MAXHOST = 1025;

    /// <summary>Every address of a name, each once; empty where it cannot be resolved.</summary>
    /// <param name="family">Only addresses of this family are asked for; <see cref="AddressFamily.Unspecified"/> for all.</param>
    public static IReadOnlyList<SocketAddress> Resolve(string name, AddressFamily family = AddressFamily.Unspecified)
    {
        List<SocketAddress> found = [];
        if (Ask(name, family, 0, out _) is { } addresses)
        {
            foreach (SocketAddress address in addresses)
            {
                if (!found.Contains(address))
                {
                    found.Add(address);
                }
            }
        }

        return found;
    }

    /// <summary>
    /// Every address of a name as the C library lists them, some perhaps twice, and the name's official form; null where it cannot be
    /// resolved.
    /// </summary>
    public static IReadOnlyList<SocketAddress>? ResolveAll(string name, AddressFamily family, out string? officialName) =>
        Ask(name, family, AI_PASSIVE | AI_CANONNAME, out officialName);

    /// <summary>An address as text, without asking anybody; null where it is none. IPv6 may name an interface: <c>fe80::1%eth0</c>.</summary>
    public static SocketAddress? ReadNumeric(string text, AddressFamily family = AddressFamily.Unspecified) =>
        Ask(text, family, AI_PASSIVE | AI_NUMERICHOST, out _) is { Count: > 0 } found ? found[0] : null;

    /// <summary>The text of an address, with the interface of a link-local one.</summary>
    public static string NumericNameOf(in SocketAddress address) => Name(address, NI_NUMERICHOST) ?? "";

    /// <summary>The name that an address goes by (its reverse name), one char a byte; null where there is none, or it cannot be found out.</summary>
    public static string? NameOf(in SocketAddress address) => Name(address, NI_NAMEREQD);

    // SAFETY: the list and its names belong to the C library until freeaddrinfo; what is needed is copied before.
    private static List<SocketAddress>? Ask(string name, AddressFamily family, int flags, out string? officialName)
    {
        officialName = null;
        AddressInfo hints = new() { Flags = flags, SocketType = 1, Family = (int)family };
        AddressInfo* list;
        fixed (byte* key = Files.Zero(name))
        {
            if (getaddrinfo(key, null, &hints, &list) != 0)
            {
                return null;
            }
        }

        if (list->CanonicalName != null)
        {
            officialName = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(list->CanonicalName));
        }

        List<SocketAddress> found = [];
        for (AddressInfo* at = list; at != null; at = at->Next)
        {
            SocketAddress address = SocketAddresses.Read(new ReadOnlySpan<byte>(at->Address, (int)at->AddressLength));
            if (!address.IsNone)
            {
                found.Add(address);
            }
        }

        freeaddrinfo(list);
        return found;
    }

    private static string? Name(in SocketAddress address, int flags)
    {
        byte* raw = stackalloc byte[SocketAddresses.MaxSize];
        int length = SocketAddresses.Write(address, new Span<byte>(raw, SocketAddresses.MaxSize));
        byte* name = stackalloc byte[NI_MAXHOST];
        return getnameinfo(raw, (uint)length, name, NI_MAXHOST, null, 0, flags) == 0
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
