# Rotary position embedding: tables of cosines and sines [T, 1, d], x [T, heads, d].

def rope_tables(self, positions: Tensor, bases: List[float], group: Tensor, dim: int, dtype: int) -> List[Tensor]:
  tables = annotate(List[Tensor], [])
  exponents = torch.div(torch.to(torch.arange(0, dim, 2, dtype=INT64, device=ops.prim.device(positions)), FLOAT32), dim)
  for i in range(torch.len(bases)):
    r = torch.append(tables, torch.div(1., torch.pow(bases[i], exponents)))
  inverse = torch.stack(tables, 0)
  angles = torch.mul(torch.unsqueeze(torch.to(positions, FLOAT32), 1), torch.index_select(inverse, 0, group))
  angles = torch.unsqueeze(torch.cat([angles, angles], -1), 1)
  return [torch.to(torch.cos(angles), dtype), torch.to(torch.sin(angles), dtype)]

def rope(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  if ops.prim.dtype(x) == BFLOAT16:
    half = torch.size(x, -1) // 2
    y = torch.mul(x, cos)
    r = torch.addcmul_(torch.narrow(y, 2, 0, half), torch.narrow(x, 2, half, half), torch.narrow(sin, 2, 0, half), value=-1)
    r = torch.addcmul_(torch.narrow(y, 2, half, half), torch.narrow(x, 2, 0, half), torch.narrow(sin, 2, half, half), value=1)
  else:
    a, b = torch.chunk(x, 2, -1)
    y = torch.add(torch.mul(x, cos), torch.mul(torch.cat([torch.neg(b), a], -1), sin))
  return y
