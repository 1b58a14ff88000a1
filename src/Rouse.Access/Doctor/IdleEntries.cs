using System;
using System.Collections.Generic;
using Rouse.Config.Doctor;
using Rouse.Config.Text;

namespace Rouse.Access.Doctor;

/// <summary>
/// Gathers entries that do nothing for a service. Several services may have inherited an entry, and a word may stand for several networks:
/// it is told only if it does nothing anywhere. Of many only the first are told one by one.
/// </summary>
internal sealed class IdleEntries<TWhy>(string code)
{
    private const int MostTold = 5;

    private readonly Dictionary<SourceSpan, TWhy> _idle = [];
    private readonly HashSet<SourceSpan> _needed = [];

    public void Judge(SourceSpan entry, bool isIdle, TWhy why)
    {
        if (!isIdle)
        {
            _needed.Add(entry);
        }
        else
        {
            _idle.TryAdd(entry, why);
        }
    }

    public void Tell(Examination e, Func<SourceSpan, TWhy, string> message)
    {
        int told = 0;
        SourceSpan next = SourceSpan.None;
        foreach ((SourceSpan entry, TWhy why) in _idle)
        {
            if (_needed.Contains(entry))
            {
                continue;
            }

            if (told < MostTold)
            {
                e.Note(code, entry, message(entry, why));
            }

            next = told == MostTold ? entry : next;
            told++;
        }

        if (told > MostTold)
        {
            e.Note(code, next, $"{told - MostTold} more such entries are not told one by one; this is one of them.");
        }
    }
}
