using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>getaddrinfo(3). It may wait for a name server: never called from the loop.</summary>
// SAFETY: the list belongs to the C library until freeaddrinfo; each address is copied before.
public static unsafe partial class HostNames
{
    /// <summary>Every address of a name, each once; empty where it cannot be resolved.</summary>
    public static IReadOnlyList<SocketAddress> Resolve(string name)
    {
        List<SocketAddress> found = [];
        AddressInfo hints = new() { SocketType = 1 };
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
            SocketAddress address = SocketAddresses.Read(new System.ReadOnlySpan<byte>(at->Address, (int)at->AddressLength));
            if (!address.IsNone && !found.Contains(address))
            {
                found.Add(address);
            }
        }

        freeaddrinfo(list);
        return found;
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
}
