using System.Collections.Generic;
using Rouse.Linux;

namespace Rouse.Server.Redirecting;

/// <summary>
/// Pipes for the directions that have bytes in flight. There are never more than <see cref="Most"/>: who gets none copies instead, as
/// anybody does when no descriptor is left.
/// </summary>
internal sealed class PipePool(ISystem system)
{
    /// <summary>As much as a user without privileges may have (pipe(7), pipe-max-size).</summary>
    public const int PipeSize = 1024 * 1024;

    /// <summary>Pipes at the same time: receivers that do not read must not take all descriptors and the kernel's memory.</summary>
    public const int Most = 128;

    private const int MostKept = 4;

    private readonly Stack<Pipe> _free = new(MostKept);

    /// <summary>Pipes that are open, taken or not.</summary>
    public int Count { get; private set; }

    public bool TryTake(out Pipe pipe)
    {
        if (_free.TryPop(out pipe))
        {
            return true;
        }

        pipe = Pipe.None;
        if (Count >= Most || !system.OpenPipe(PipeSize, out pipe).Ok)
        {
            return false;
        }

        Count++;
        return true;
    }

    /// <summary>Takes an empty pipe back.</summary>
    public void Return(Pipe pipe)
    {
        if (_free.Count < MostKept)
        {
            _free.Push(pipe);
        }
        else
        {
            Discard(pipe);
        }
    }

    /// <summary>Closes a pipe, with whatever is in it.</summary>
    public void Discard(Pipe pipe)
    {
        system.Close(pipe.ReadEnd);
        system.Close(pipe.WriteEnd);
        Count--;
    }
}
