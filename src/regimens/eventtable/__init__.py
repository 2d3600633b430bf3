"""Event tables as NONMEM, mrgsolve, rxode2 and PKPDsim have them: reading, writing, and simulating what they say."""

from regimens.eventtable.dialect import DIALECTS as DIALECTS
from regimens.eventtable.dialect import Dialect as Dialect
from regimens.eventtable.planning import regimen_of_events as regimen_of_events
from regimens.eventtable.predicting import predict as predict
from regimens.eventtable.reading import read_event_table as read_event_table
from regimens.eventtable.table import EventSubject as EventSubject
from regimens.eventtable.table import EventTable as EventTable
