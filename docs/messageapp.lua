-- A dissector for Wireshark and tshark (tried with 4.0): what is in clear of MessageApp, parts 1 to 3 of PROTOCOL.md.
--
--   tshark -X lua_script:docs/messageapp.lua -i lo -f 'tcp port 8081'
--
-- or put it into the folder "Personal Lua Plugins" (Help > About > Folders). On a port other than 8081 it knows a
-- connection by the magic of its handshake, or it is told: -o messageapp.port:9000, or Decode As.

local CELL, CELL_HEADER, RECORD_HEADER = 4096, 8, 49
-- As much as says what comes: username, counter, k.
local RECORD_AAD = 33
local MAGIC, VERSION = 'MSGA', 2

local types = { [1] = 'M1', [2] = 'M2', [3] = 'M3', [4] = 'R3', [15] = 'refusal' }
local suites = { [1] = 'rsa', [2] = 'x25519' }
local refusals = {
  [1] = 'malformed', [2] = 'no-common-suite', [3] = 'not-authenticated', [4] = 'already-logged-in', [5] = 'busy',
  [6] = 'too-slow', [7] = 'closing', [8] = 'no-registration',
}

local messageapp = Proto('messageapp', 'MessageApp')

local f = {
  message = ProtoField.string('messageapp.message', 'Message'),
  from = ProtoField.string('messageapp.from', 'From'),
  cell = ProtoField.uint32('messageapp.cell', 'Cell', base.DEC, nil, 0, 'Its number in this direction, from 1'),
  magic = ProtoField.string('messageapp.magic', 'Magic'),
  version = ProtoField.uint8('messageapp.version', 'Version'),
  type = ProtoField.uint8('messageapp.type', 'Type', base.DEC, types),
  length = ProtoField.uint16('messageapp.length', 'Length of the body'),
  zeros = ProtoField.none('messageapp.zeros', 'Zeros'),
  username = ProtoField.string('messageapp.username', 'Username'),
  offered = ProtoField.uint8('messageapp.offered', 'Suite offered', base.DEC, suites),
  suite = ProtoField.uint8('messageapp.suite', 'Suite', base.DEC, suites),
  r1 = ProtoField.bytes('messageapp.r1', 'R1'),
  r2 = ProtoField.bytes('messageapp.r2', 'R2'),
  certificates = ProtoField.uint8('messageapp.certificates', 'Certificates'),
  certificate = ProtoField.bytes('messageapp.certificate', 'Certificate'),
  ephemeral = ProtoField.bytes('messageapp.ephemeral_key', 'Ephemeral public key'),
  spki = ProtoField.bytes('messageapp.public_key', 'Public key'),
  share = ProtoField.bytes('messageapp.key_share', 'Key share'),
  signature = ProtoField.bytes('messageapp.signature', 'Signature'),
  vector = ProtoField.uint16('messageapp.vector', 'Length'),
  refusal = ProtoField.uint16('messageapp.refusal', 'Code', base.DEC, refusals),
  counter = ProtoField.uint64('messageapp.counter', 'Counter', base.DEC),
  counter_bytes = ProtoField.bytes('messageapp.counter_bytes', 'Counter (little-endian, 2^64 or more)'),
  cells = ProtoField.uint8('messageapp.cells', 'k, cells of this record'),
  tag = ProtoField.bytes('messageapp.tag', 'GCM tag'),
  ciphertext = ProtoField.bytes('messageapp.ciphertext', 'Ciphertext'),
  piece = ProtoField.bytes('messageapp.piece', 'Piece of a cell'),
}
messageapp.fields = f

local warn, note = expert.severity.WARN, expert.severity.NOTE
local e = {
  malformed = ProtoExpert.new('messageapp.malformed', 'Malformed', expert.group.MALFORMED, warn),
  out_of_turn = ProtoExpert.new('messageapp.out_of_turn', 'Out of turn', expert.group.SEQUENCE, warn),
  cut = ProtoExpert.new('messageapp.cut', 'Not wholly in the capture', expert.group.UNDECODED, note),
  refused = ProtoExpert.new('messageapp.refused', 'Refused', expert.group.RESPONSE_CODE, note),
}
messageapp.experts = e

messageapp.prefs.port = Pref.uint('TCP port', 8081, 'The port of the relay; others are known by the magic of M1')

--- What is known of each TCP stream, and of each piece of it that was shown. Frames may be shown again, in any order:
--- what the first pass found out is kept, and holds from the frame on in which it was found.

local tcp_stream = Field.new('tcp.stream')
local streams, noted

function messageapp.init()
  streams, noted = {}, {}
end

local function stream_of()
  local all = { tcp_stream() }
  local id = #all > 0 and all[#all].value or 0
  streams[id] = streams[id] or { client = { cells = 0 }, server = { cells = 0 } }
  return streams[id]
end

local function recognise(stream, pinfo)
  stream.since = stream.since or pinfo.number
end

local function is_recognised(stream, pinfo)
  return stream.since ~= nil and stream.since <= pinfo.number
end

local function learn_name(stream, pinfo, name)
  if stream.name == nil then stream.name, stream.named_at = name, pinfo.number end
end

local function name_in(stream, pinfo)
  return stream.name and stream.named_at < pinfo.number and stream.name or nil
end

--- The first handshake cell says who is who; without one the port does.
local function sender_of(stream, pinfo)
  local port, ports = stream.port, messageapp.prefs.port
  if port == nil then
    port = (pinfo.dst_port == ports or pinfo.src_port == ports) and ports or math.min(pinfo.dst_port, pinfo.src_port)
  end
  return pinfo.dst_port == port and 'client' or 'server'
end

local function learn_port(stream, pinfo, number_of_type)
  local name = types[number_of_type]
  if name and stream.port == nil then
    stream.port = (name == 'M1' or name == 'M3' or name == 'R3') and pinfo.dst_port or pinfo.src_port
  end
end

--- The count of pieces in this frame; pinfo.private lives for one showing of one frame.
local function count_in_frame(pinfo)
  local count = tonumber(pinfo.private.messageapp or '0') + 1
  pinfo.private.messageapp = tostring(count)
  return count
end

--- What `make` says at the first pass.
local function once(pinfo, count, make)
  local key = pinfo.number .. ':' .. count
  if noted[key] == nil then noted[key] = make() end
  return noted[key]
end

--- Where cells begin. Nothing on the wire marks the beginning of a record, but its first 33 bytes are easily told from
--- ciphertext: a username with zeros behind it, a counter below 2^64, k from 1 to 16.

local EIGHT_ZEROS = ('\0'):rep(8)
local USERNAME = '^[A-Za-z0-9-]+'

local function username_in(bytes)
  local name = bytes:match(USERNAME)
  return name and #name <= 16 and bytes == name .. ('\0'):rep(#bytes - #name) and name or nil
end

local function is_record(bytes)
  local k = bytes:byte(RECORD_AAD)
  return k >= 1 and k <= 16 and bytes:sub(25, 32) == EIGHT_ZEROS and username_in(bytes:sub(1, 16)) ~= nil
end

--- @return 'record' or 'handshake' and its cells, or nil
local function what_begins(bytes, name)
  local k = bytes:byte(RECORD_AAD)
  if is_record(bytes) then return 'record', k end
  if bytes:sub(1, 16) == name then return 'record', k >= 1 and k <= 16 and k or 1 end
  if bytes:sub(1, 4) == MAGIC then return 'handshake', 1 end
  return nil
end

--- @return the offset in `bytes` of the next cell that is surely one
local function find_beginning(bytes)
  local handshake = bytes:find(MAGIC .. '\2[\1\2\3\4\15]')
  local at = 1
  while true do
    at = bytes:find(EIGHT_ZEROS .. '[\1-\16]', at)
    if at == nil or handshake and handshake < at - 24 then return handshake and handshake - 1 end
    if at > 24 and is_record(bytes:sub(at - 24, at + 8)) then return at - 25 end
    at = at + 1
  end
end

--- For dissect_tcp_pdus: a handshake cell, a whole record, or what lies before the next of these. 0: more bytes first.
local function length_at(tvb, pinfo, offset)
  local left, there = tvb:reported_len() - offset, tvb:len() - offset
  local may_wait = pinfo.can_desegment > 0 and left == there
  if there < RECORD_AAD then return may_wait and 0 or left end
  local _, cells = what_begins(tvb:raw(offset, RECORD_AAD), name_in(stream_of(), pinfo))
  if cells then return cells * CELL end
  local skipped = find_beginning(tvb:raw(offset, there))
  if skipped then return skipped end
  return may_wait and left - RECORD_AAD + 1 or left
end

--- Handshake cells. A reader has the bytes from `at` to `stop`; what it is told to read may not be there, and whose
--- fault that is, the sender's or the capture's, it knows.

local function take(reader, length)
  if reader.at + length > reader.stop then
    local there = reader.stop - reader.at
    reader.tree:add_proto_expert_info(reader.fault, ('%d bytes announced, %d there'):format(length, there))
    return nil
  end
  local range = reader.tvb(reader.at, length)
  reader.at = reader.at + length
  return range
end

local function fixed(field, length)
  return function(reader)
    local range = take(reader, length)
    if range then reader.tree:add(field, range) end
    return range
  end
end

local function number(field, length)
  local read = fixed(field, length)
  return function(reader)
    local range = read(reader)
    return range and range:uint()
  end
end

--- A length of `width` bytes, and that many bytes, which `show` puts into the tree.
local function vector(label, width, least, most, show)
  return function(reader)
    local prefix = take(reader, width)
    if not prefix then return nil end
    local length = prefix:uint()
    local item = reader.tree:add(f.vector, prefix):set_text(('%s: %d bytes'):format(label, length))
    if length < least or length > most then
      item:add_proto_expert_info(e.malformed, ('%d bytes; %d to %d are allowed'):format(length, least, most))
    end
    local range = take(reader, length)
    if range and length > 0 then show(reader.tree, range, reader) end
    return range
  end
end

local function bytes_of(field)
  return function(tree, range) tree:add(field, range) end
end

--- Only a username goes into the Info column: a terminal takes more than letters.
local function show_username(tree, range, reader)
  local name = username_in(range:raw())
  local item = tree:add(f.username, range)
  if not name then item:add_proto_expert_info(e.malformed, 'no username: 1 to 16 of A-Z a-z 0-9 -') end
  reader.name = name
end

local function show_suites(tree, range, reader)
  local names, seen = {}, {}
  for at = 0, range:len() - 1 do
    local suite = range(at, 1):uint()
    local item = tree:add(f.offered, range(at, 1))
    if seen[suite] then item:add_proto_expert_info(e.malformed, 'offered twice') end
    seen[suite] = true
    names[#names + 1] = suites[suite] or tostring(suite)
  end
  reader.suites = table.concat(names, ' ')
end

local x509 = Dissector.get('application/pkix-cert')

--- Wireshark's own dissector throws at what is no certificate.
local function show_certificate(tree, range, reader)
  local item = tree:add(f.certificate, range)
  if not x509 or pcall(x509.call, x509, range:tvb(), reader.pinfo, item) then return end
  item:add_proto_expert_info(e.malformed, 'no certificate')
end

local count_of = number(f.certificates, 1)
local certificate = vector('Length of the certificate', 2, 1, 3500, show_certificate)

local function certificates(reader)
  local count = count_of(reader)
  if not count then return nil end
  reader.certificates = count == 0 and 'no certificate' or count == 1 and '1 certificate' or count .. ' certificates'
  if count > 8 then reader.tree:add_proto_expert_info(e.malformed, count .. ' certificates; 0 to 8 are allowed') end
  for _ = 1, count do
    if not certificate(reader) then return nil end
  end
  return count
end

local signature = vector('Length of the signature', 2, 1, 512, bytes_of(f.signature))
local chosen, code = number(f.suite, 1), number(f.refusal, 2)

--- The fields of each body, in their order; one that is not there says nil.
local bodies = {
  M1 = {
    vector('Length of the username', 1, 0, 16, show_username),
    vector('Number of suites', 1, 1, 16, show_suites),
    fixed(f.r1, 32),
  },
  M2 = {
    certificates,
    function(reader)
      local suite = chosen(reader)
      reader.suite = suites[suite] or suite
      return suite
    end,
    fixed(f.r2, 32),
    vector('Length of the ephemeral public key', 2, 32, 270, bytes_of(f.ephemeral)),
    signature,
  },
  M3 = { certificates, vector('Length of the key share', 2, 0, 512, bytes_of(f.share)), signature },
  R3 = {
    vector('Length of the public key', 2, 32, 600, bytes_of(f.spki)),
    vector('Length of the key share', 2, 0, 512, bytes_of(f.share)), signature,
  },
  refusal = {
    function(reader)
      reader.code = code(reader)
      local reason = refusals[reader.code] or 'a code that is not known'
      if reader.code then reader.tree:add_proto_expert_info(e.refused, reason) end
      return reader.code
    end,
  },
}

local summaries = {
  M1 = function(r) return (' %s, suites %s'):format(r.name or '?', r.suites or '?') end,
  M2 = function(r) return (' suite %s, %s'):format(r.suite or '?', r.certificates or '?') end,
  M3 = function(r) return (', %s'):format(r.certificates or '?') end,
  R3 = function() return ', registers' end,
  refusal = function(r) return (' %s %s'):format(r.code or '?', refusals[r.code] or '') end,
}

local function show_zeros(tree, range)
  local item = tree:add(f.zeros, range):set_text(('Zeros: %d bytes'):format(range:len()))
  if range:raw():find('[^\0]') then item:add_proto_expert_info(e.malformed, 'not all of them are zero') end
end

--- @return what the Info column says, and the type's name
local function show_handshake(tvb, pinfo, tree, stream)
  tree:add(f.magic, tvb(0, 4))
  local version, number_of_type, length = tvb(4, 1):uint(), tvb(5, 1):uint(), tvb(6, 2):uint()
  local name = types[number_of_type]
  local version_item = tree:add(f.version, tvb(4, 1))
  if version ~= VERSION then version_item:add_proto_expert_info(e.malformed, 'not version ' .. VERSION) end
  local type_item = tree:add(f.type, tvb(5, 1))
  if not name then type_item:add_proto_expert_info(e.malformed, 'not M1, M2, M3, R3 or a refusal') end
  local length_item = tree:add(f.length, tvb(6, 2))
  if length > CELL - CELL_HEADER then length_item:add_proto_expert_info(e.malformed, 'longer than a cell') end
  if version ~= VERSION or not name then return 'handshake cell of unknown kind', nil end

  local stop = math.min(CELL_HEADER + length, tvb:len())
  local body = tree:add(messageapp, tvb(CELL_HEADER, stop - CELL_HEADER), ('Body of %s'):format(name))
  local fault = tvb:len() < math.min(CELL_HEADER + length, CELL) and e.cut or e.malformed
  local reader = { tvb = tvb, pinfo = pinfo, tree = body, at = CELL_HEADER, stop = stop, fault = fault }
  local whole = true
  for _, read in ipairs(bodies[name]) do
    whole = whole and read(reader) ~= nil
  end
  if whole and reader.at < stop then
    body:add_proto_expert_info(e.malformed, ('%d bytes behind the last field'):format(stop - reader.at))
  end
  if stop < tvb:len() then show_zeros(tree, tvb(stop)) end
  if reader.name then learn_name(stream, pinfo, reader.name .. ('\0'):rep(16 - #reader.name)) end
  return name .. summaries[name](reader), name
end

--- Records.

--- The counter that follows the last one of this direction; a hole is seen once, at the record behind it.
local function check_counter(side, pinfo, count, counter, item)
  local due = once(pinfo, 'due' .. count, function()
    local due = side.due or false
    side.due = counter + 1
    return { due }
  end)[1]
  if due and due ~= counter then
    item:add_proto_expert_info(e.out_of_turn, ('%s was due'):format(tostring(due)))
  end
end

--- @return what the Info column says, and M4 or record
local function show_record(tvb, pinfo, tree, stream, from, count)
  local padded, k = tvb:raw(0, 16), tvb(32, 1):uint()
  local name = username_in(padded) or '?'
  local item = tree:add(f.username, tvb(0, 16), name)
  local known = name_in(stream, pinfo)
  if known and known ~= padded then item:add_proto_expert_info(e.malformed, 'not the name of this connection') end
  learn_name(stream, pinfo, padded)

  local counter, number_of_record = tvb(16, 8):le_uint64(), nil
  if tvb:raw(24, 8) == EIGHT_ZEROS then
    number_of_record = tostring(counter)
    check_counter(stream[from], pinfo, count, counter, tree:add(f.counter, tvb(16, 16), counter))
  else
    number_of_record = '?'
    tree:add(f.counter_bytes, tvb(16, 16)):add_proto_expert_info(e.malformed, '2^64 or more')
  end
  local cells_item = tree:add(f.cells, tvb(32, 1))
  if k < 1 or k > 16 then cells_item:add_proto_expert_info(e.malformed, '1 to 16 are allowed') end
  if tvb:len() >= RECORD_HEADER then tree:add(f.tag, tvb(33, 16)) end
  if tvb:len() > RECORD_HEADER then tree:add(f.ciphertext, tvb(RECORD_HEADER)) end

  local is_m4 = from == 'server' and number_of_record == '0'
  local info = ('%srecord %s, %d cell%s, %s %s'):format(is_m4 and 'M4, ' or '', number_of_record, k,
    k == 1 and '' or 's', from == 'client' and 'from' or 'to', name)
  return info, is_m4 and 'M4' or 'record'
end

--- One cell of the handshake, one record, or a piece of neither.

local function show_cells(tvb, pinfo, tree, side, count, cells)
  local first = once(pinfo, 'cell' .. count, function()
    side.cells = side.cells + cells
    return side.cells - cells + 1
  end)
  for at = 0, cells - 1 do
    if at * CELL < tvb:len() then
      tree:add(f.cell, tvb(at * CELL, math.min(CELL, tvb:len() - at * CELL)), first + at)
    end
  end
end

local function show(tvb, pinfo, tree)
  local stream, count = stream_of(), count_in_frame(pinfo)
  local item = tree:add(messageapp, tvb())
  local kind, cells
  if tvb:len() >= RECORD_AAD then kind, cells = what_begins(tvb:raw(0, RECORD_AAD), name_in(stream, pinfo)) end
  local info, message
  if kind == 'handshake' then learn_port(stream, pinfo, tvb(5, 1):uint()) end
  local from = sender_of(stream, pinfo)
  if kind then
    recognise(stream, pinfo)
    show_cells(tvb, pinfo, item, stream[from], count, cells)
    if tvb:len() < cells * CELL then
      item:add_proto_expert_info(e.cut, ('%d of %d bytes are in the capture'):format(tvb:len(), cells * CELL))
    end
  end
  if kind == 'handshake' then
    info, message = show_handshake(tvb, pinfo, item, stream)
  elseif kind == 'record' then
    info, message = show_record(tvb, pinfo, item, stream, from, count)
  else
    info = ('piece of a cell, %d bytes'):format(tvb:len())
    item:add(f.piece, tvb()):add_proto_expert_info(e.cut, 'the rest of the cell is not in the capture')
  end
  item:append_text(': ' .. info)
  if message then item:add(f.message, message):set_generated() end
  item:add(f.from, from):set_generated()
  pinfo.cols.protocol = 'MessageApp'
  if count == 1 then pinfo.cols.info = info else pinfo.cols.info:append('; ' .. info) end
  pinfo.cols.info:fence()
  return tvb:len()
end

local function begins_here(tvb)
  local bytes = tvb:raw()
  if #bytes < RECORD_AAD then return bytes:sub(1, 4) == MAGIC:sub(1, #bytes) end
  return bytes:sub(1, 4) == MAGIC or find_beginning(bytes) ~= nil
end

local function dissect(tvb, pinfo, tree)
  if not is_recognised(stream_of(), pinfo) and not begins_here(tvb) then return 0 end
  dissect_tcp_pdus(tvb, tree, 1, length_at, show)
  return tvb:reported_len()
end

messageapp.dissector = dissect

messageapp:register_heuristic('tcp', function(tvb, pinfo, tree)
  if tvb:len() < CELL_HEADER or not tvb:raw(0, CELL_HEADER):find('^MSGA\2[\1\2\3\4\15][\0-\15]') then return false end
  pinfo.conversation = messageapp
  dissect(tvb, pinfo, tree)
  return true
end)

local tcp_ports, port = DissectorTable.get('tcp.port'), 0

local function listen()
  if port ~= 0 then tcp_ports:remove(port, messageapp) end
  port = messageapp.prefs.port
  if port ~= 0 then tcp_ports:add(port, messageapp) end
end

tcp_ports:add_for_decode_as(messageapp)
messageapp.prefs_changed = listen
listen()
