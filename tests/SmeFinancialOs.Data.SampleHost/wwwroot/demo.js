const byId = id => document.getElementById(id);
const euros = cents => (cents / 100).toLocaleString('en-US', { style: 'currency', currency: 'EUR' });

async function answerOf(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? body.title);
  return body;
}

function row(total) {
  const tr = document.createElement('tr');
  tr.append(...[total.status, total.count, euros(total.amountCents)].map((value, i) => {
    const cell = document.createElement(i === 0 ? 'th' : 'td');
    cell.textContent = value;
    return cell;
  }));
  return tr;
}

async function showTotals() {
  const totals = await answerOf(await fetch('demo/totals'));
  byId('totals').tBodies[0].replaceChildren(...totals.map(row));
  byId('count').textContent = totals.reduce((sum, total) => sum + total.count, 0);
  byId('amount').textContent = euros(totals.reduce((sum, total) => sum + total.amountCents, 0));
  byId('totals').hidden = false;
}

function createInvoice() {
  return fetch('demo/invoices', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ number: 'D-1000', amountCents: 1000, customerName: 'Me', issuedAt: '2026-11-23' }),
  }).then(answerOf);
}

// Whatever is refused is said where the visitor looks.
async function attempt(action) {
  byId('message').textContent = '';
  try {
    await action();
  } catch (error) {
    byId('message').textContent = error.message;
  }
}

byId('create').addEventListener('click', () => attempt(createInvoice));
attempt(showTotals).then(() => {
  // demo.html#new is a link to the form
  if (location.hash === '#new') byId('create').click();
});
